// Files that somebody renews while the daemon runs: the token of another identity provider, and the keys of Azure Arc's
// agent. They are small, but a folder that another program fills may be a slow or a hanging one, so they are read where
// nobody else waits.

import Dispatch
import GraphClient
import HTTPExchange
import Systemd

/// Reads a file of a credential whenever it is needed.
struct RenewedFile: Sendable {
    let credentials: Credentials

    /// One thread, off the cooperative pool: it is asked a few times an hour.
    private static let queue = DispatchQueue(label: "roomwatch.renewed-files")

    /// - Parameter name: looked up like that of a secret; an absolute path is taken as it is.
    func read(_ name: String) async throws(CredentialFileError) -> Secret {
        let result: Result<Secret, CredentialFileError> = await withCheckedContinuation { continuation in
            Self.queue.async {
                do throws(CredentialError) {
                    continuation.resume(returning: .success(Secret(try credentials.read(name).text)))
                } catch {
                    continuation.resume(returning: .failure(CredentialFileError("\(error)")))
                }
            }
        }
        return try result.get()
    }
}
