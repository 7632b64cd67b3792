// What Microsoft Entra's numbers mean for the account of a room (Graph facts, Sign-ins). Codes that are not in the table
// stay numbers; the sentence that comes with them is never parsed.

import FleetCore

enum SignInWords {
    static func outcome(_ code: Int) -> SignIn.Outcome {
        if code == 0 { return .succeeded }
        if interruptions.contains(code) || (16_000..<17_000).contains(code) { return .interrupted(code: code) }
        return troubles[code].map { .failed($0, code: code) } ?? .unrecognised(code: code)
    }

    /// Steps on the way to a sign-in.
    private static let interruptions: Set<Int> = [50_140, 50_058]

    static let troubles: [Int: SignInTrouble] = [
        50_055: .passwordExpired, 50_126: .wrongPassword, 50_053: .lockedOut, 50_057: .accountDisabled,
        50_034: .unknownAccount, 50_020: .unknownAccount, 50_056: .noPassword,
        50_076: .secondFactor, 50_079: .secondFactor, 50_074: .secondFactor, 50_072: .secondFactor,
        53_003: .blockedByPolicy,
        53_000: .deviceNotAllowed, 53_001: .deviceNotAllowed, 50_097: .deviceNotAllowed, 53_002: .deviceNotAllowed,
        50_131: .deviceNotAllowed, 50_158: .externalChallenge,
        50_173: .sessionRevoked, 50_133: .sessionRevoked,
        70_043: .sessionExpired, 70_044: .sessionExpired, 700_082: .sessionExpired,
        50_105: .notAssigned, 65_001: .missingConsent, 90_095: .missingConsent, 90_094: .missingConsent,
        530_003: .riskOrRegistration, 53_004: .riskOrRegistration,
        7_000_112: .applicationDisabled, 500_014: .applicationDisabled,
    ]
}
