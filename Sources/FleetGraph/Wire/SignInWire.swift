// Sign-ins as the log of Microsoft Entra has them (Graph facts, Sign-ins). Addresses, places, devices and the server's own
// words about failures are not read: nothing here needs them.

import GraphClient

/// `signIn`.
struct SignInWire: WireType {
    static let schemaName = "signIn"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case id, createdDateTime, userId, status
    }

    let id: String?
    let createdDateTime: GraphTimestamp?
    let userId: String?
    let status: SignInStatusWire?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = fields.lenient(.id)
        createdDateTime = fields.lenient(.createdDateTime)
        userId = fields.lenient(.userId)
        status = fields.lenient(.status)
    }
}

/// `signInStatus`.
struct SignInStatusWire: WireType {
    static let schemaName = "signInStatus"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case errorCode
    }

    let errorCode: LenientNumber?

    init(from decoder: any Decoder) throws {
        errorCode = try decoder.container(keyedBy: CodingKeys.self).lenient(.errorCode)
    }
}
