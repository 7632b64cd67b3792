// A browser cannot send a token with every request, so it trades one for a session: a cookie that scripts cannot read and
// other sites cannot send. Sessions live in memory; after a restart people sign in again.

import Crypto
import FleetAPI
import Synchronization
import Timekeeping

/// Somebody who signed in.
struct Session: Sendable {
    let id: String
    /// Stands in every form, so that another site cannot make a browser send one.
    let formKey: String
    /// The hash of the token, by which the session ends when the token is taken back.
    let token: [UInt8]
    let asker: Asker
    var ends: Moment
}

/// Who is signed in.
final class Sessions: Sendable {
    static let lifetime: Duration = .seconds(12 * 3600)
    /// At once; the oldest ends when there are more.
    static let capacity = 1_000

    private let time: any TimeSource
    private let tokens: AccessTokens
    private let sessions = Mutex<[String: Session]>([:])

    init(tokens: AccessTokens, time: any TimeSource) {
        self.tokens = tokens
        self.time = time
    }

    /// Begins a session with a token; `nil` when it is none of this daemon.
    func begin(token: String, origin: String) -> Session? {
        guard let bearer = tokens.current.bearer(of: token) else { return nil }
        let session = Session(
            id: Self.unguessable(), formKey: Self.unguessable(), token: bearer.hash,
            asker: Asker(name: bearer.name, role: bearer.role, tenant: bearer.tenant, origin: origin),
            ends: time.now().advanced(by: Self.lifetime))
        sessions.withLock { sessions in
            let now = time.now()
            sessions = sessions.filter { $0.value.ends.steady > now.steady }
            if sessions.count >= Self.capacity,
                let oldest = sessions.values.min(by: { $0.ends.steady < $1.ends.steady })
            {
                sessions[oldest.id] = nil
            }
            sessions[session.id] = session
        }
        return session
    }

    /// The session of a cookie, while it lasts and its token is still one of the file with the same rights.
    func session(_ id: String) -> Session? {
        guard let session = sessions.withLock({ $0[id] }) else { return nil }
        let isKnown = tokens.current.tokens.contains {
            $0.hash == session.token && $0.role == session.asker.role && $0.tenant == session.asker.tenant
        }
        guard isKnown, session.ends.steady > time.now().steady else {
            end(id)
            return nil
        }
        return session
    }

    func end(_ id: String) { sessions.withLock { $0[id] = nil } }

    /// A key of 256 bits in hexadecimal digits.
    private static func unguessable() -> String {
        SymmetricKey(size: .bits256).withUnsafeBytes { bytes in
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }
}
