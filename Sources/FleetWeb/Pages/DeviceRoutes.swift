// The addresses of the pages about devices and of the forms that ask them for something.

import FleetAPI
import Hummingbird

extension PageRoutes {
    func addDevices(to router: Router<WebContext>) {
        get("/devices", router) { request, session in try await devicesPage(request, session) }
        get("/devices/versions", router) { _, session in try await versionsPage(session) }
        get("/devices/:id", router) { request, session in try await devicePage(request.parameter("id"), session) }
        get("/order", router) { request, session in try orderPage(request.query, session) }
        get("/operations", router) { request, session in try await operationsPage(request, session) }
        get("/operations/:id", router) { request, session in
            try await operationPage(request.parameter("id"), session)
        }
        get("/commands/:id", router) { request, session in
            try await commandPage(request.parameter("id"), request, session)
        }

        act("/plan", .operator, router) { _, form, session in try await planPage(form, session) }
        act("/commands", .operator, router) { _, form, session in .to(try await order(form, session)) }
        act("/commands/:id/withdraw", .operator, router) { id, _, session in
            _ = try await intents.withdraw(command: id, for: session.asker)
            return .to("/commands/\(Self.segment(id))")
        }
    }
}
