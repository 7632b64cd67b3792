// Issues as Microsoft posts them (Graph facts, Service health). The posts themselves are long HTML that nobody pages.

import GraphClient

/// `serviceHealthIssue`.
struct ServiceHealthIssueWire: WireType {
    static let schemaName = "serviceHealthIssue"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case id, title, service, classification, status, isResolved, startDateTime
    }

    let id: String?
    let title: String?
    let service: String?
    let classification: String?
    let status: String?
    let isResolved: Bool?
    let startDateTime: GraphTimestamp?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = fields.lenient(.id)
        title = fields.lenient(.title)
        service = fields.lenient(.service)
        classification = fields.lenient(.classification)
        status = fields.lenient(.status)
        isResolved = fields.lenient(.isResolved)
        startDateTime = fields.lenient(.startDateTime)
    }
}
