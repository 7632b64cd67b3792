// The templates are compiled in, so that the executable is whole by itself; they are read once, at the start.

import Mustache
import FleetAPI

/// The pages' templates.
struct PageTemplates: Sendable {
    private let library: MustacheLibrary

    /// - Throws: an error of the template language; a test reads every template, so that none leads here.
    init() throws {
        let sources: [(String, [UInt8])] = [
            ("frame", PackageResources.frame_mustache), ("sign-in", PackageResources.sign_in_mustache),
            ("counts", PackageResources.counts_mustache), ("fleet", PackageResources.fleet_mustache),
            ("incidents", PackageResources.incidents_mustache), ("incident", PackageResources.incident_mustache),
            ("told", PackageResources.told_mustache), ("untold", PackageResources.untold_mustache),
            ("room", PackageResources.room_mustache), ("delivery", PackageResources.delivery_mustache),
            ("capabilities", PackageResources.capabilities_mustache), ("problem", PackageResources.problem_mustache),
            ("rooms", PackageResources.rooms_mustache), ("quiet", PackageResources.quiet_mustache),
            ("preview", PackageResources.preview_mustache),
            ("doctor", PackageResources.doctor_mustache), ("missing", PackageResources.missing_mustache),
            ("devices", PackageResources.devices_mustache), ("device", PackageResources.device_mustache),
            ("device-head", PackageResources.device_head_mustache),
            ("device-row", PackageResources.device_row_mustache), ("versions", PackageResources.versions_mustache),
            ("operations", PackageResources.operations_mustache), ("operation", PackageResources.operation_mustache),
            ("operation-table", PackageResources.operation_table_mustache),
            ("running", PackageResources.running_mustache), ("command", PackageResources.command_mustache),
            ("order", PackageResources.order_mustache), ("plan", PackageResources.plan_mustache),
        ]
        var library = MustacheLibrary()
        for (name, bytes) in sources {
            library.register(try MustacheTemplate(string: String(decoding: bytes, as: UTF8.self)), named: name)
        }
        self.library = library
    }

    /// A page of its own.
    func text(_ name: String, _ model: Any) -> String { library.render(model, withTemplate: name) ?? "" }

    /// A page with the frame that all pages behind the sign-in share.
    func page(_ name: String, _ model: Any, title: String, at address: String, for session: Session) -> String {
        text(
            "frame",
            Frame(
                title: title, body: text(name, model), who: session.asker.name, role: session.asker.role.rawValue,
                formKey: session.formKey, tabs: Frame.tabs(at: address)))
    }
}
