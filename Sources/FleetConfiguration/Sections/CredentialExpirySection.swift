// `client_secret_expires`: Graph tells the end of a client secret only to applications that may read all others, so the
// operator may write it down; a certificate says it itself.

import Foundation

extension Reading {
    static let secretExpiryKey = "client_secret_expires"

    /// The key beside `client_secret_file`, read by itself so that each way of proving who we are stays as it is.
    func secretExpiry(_ credential: Field) -> Date? {
        guard case .mapping(let entries) = credential.node.content,
            let entry = entries.first(where: { $0.key == Self.secretExpiryKey }), !entry.value.isNull
        else { return nil }
        let field = Section.field(of: entry, in: credential.key, reading: self)
        guard entries.contains(where: { $0.key == "client_secret_file" }) else {
            field.refuse(
                "goes with client_secret_file alone",
                remedy: "remove it; a certificate's own end is known, and the other ways have none")
            return nil
        }
        guard let text = field.text(maximum: 64) else { return nil }
        guard let date = DayOrInstant(text)?.start else {
            field.refuse(
                "\(text.quoted) is neither a day nor an instant",
                remedy: "write the day that the app registration shows, as 2027-03-01")
            return nil
        }
        return date
    }
}
