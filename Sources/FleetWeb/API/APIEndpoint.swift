// One method of one address: who may, what it takes, and what it asks of the monitor. The tables beside this file list
// them all; `openapi.yaml` says the same to the world, and a test holds the two against each other.

import FleetAPI
import HTTPTypes
import Hummingbird

struct APIEndpoint: Sendable {
    var method: HTTPRequest.Method
    /// Below `/api/v1/`, in the router's notation.
    var path: String
    /// The least role that may.
    var role: Role
    /// The parameters behind the question mark.
    var parameters: Set<String>
    var answer: @Sendable (APIRequest) async throws -> Response

    init(
        _ method: HTTPRequest.Method, _ path: String, _ role: Role, parameters: Set<String> = [],
        answer: @escaping @Sendable (APIRequest) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.role = role
        self.parameters = parameters
        self.answer = answer
    }

    /// Every one that is served.
    static func all(_ intents: any Intents) -> [APIEndpoint] {
        incidents(intents) + quiet(intents) + fleet(intents) + devices(intents) + commands(intents) + keeping(intents)
    }
}
