// How long to leave the login service alone after a failure. What only an operator can fix is asked again once a
// minute, so that a repaired credential is noticed without a restart; what heals by itself backs off to that pace.

import Timekeeping

/// The quiet time after failed token requests.
struct TokenPause {
    /// The pace for errors that an operator has to fix, and the longest backoff.
    static let slow: Duration = .seconds(60)
    /// What Microsoft asks for after AADSTS50196.
    static let afterRequestLoop: Duration = .seconds(300)

    private var failures = 0
    private var lastError: TokenError?

    /// The last error while its pause lasts.
    func error(at now: Moment) -> TokenError? {
        guard let lastError, let retryAt = lastError.retryAt, now.steady < retryAt.steady else { return nil }
        return lastError
    }

    /// Begins a pause and returns the error with the moment it ends. `chance` is in 0..<1.
    mutating func begin(_ failure: TokenFailure, now: Moment, chance: Double) -> TokenError {
        failures = min(failures + 1, 16)
        var delay: Duration
        if failure.error.isTransient {
            // Between half and all of 2^n seconds: never nothing, because every call would then ask again.
            let ceiling = min(Self.slow, .seconds(1 << min(failures, 6)))
            delay = ceiling * (0.5 + chance / 2)
        } else {
            delay = Self.slow
        }
        if failure.error.kind == .requestLoop { delay = Self.afterRequestLoop }
        if let asked = failure.retryAfter { delay = max(delay, asked + asked * 0.2 * chance) }
        var error = failure.error
        error.retryAt = now.advanced(by: delay)
        lastError = error
        return error
    }
}
