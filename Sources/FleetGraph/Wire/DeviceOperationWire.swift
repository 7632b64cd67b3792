// What was asked of a device, as the deprecated beta lists it (Graph facts, Devices). Who asked is not read: our own are told
// apart by their ids and times.

import GraphClient

/// `teamworkDeviceOperation`.
struct DeviceOperationWire: WireType {
    static let schemaName = "teamworkDeviceOperation"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case id, operationType, status, createdDateTime, error
    }

    let id: String?
    let operationType: String?
    let status: String?
    let createdDateTime: GraphTimestamp?
    let error: OperationErrorWire?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = fields.lenient(.id)
        operationType = fields.lenient(.operationType)
        status = fields.lenient(.status)
        createdDateTime = fields.lenient(.createdDateTime)
        error = fields.lenient(.error)
    }
}

/// `operationError`.
struct OperationErrorWire: WireType {
    static let schemaName = "operationError"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case code, message
    }

    let code: String?
    let message: String?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        code = fields.lenient(.code)
        message = fields.lenient(.message)
    }
}
