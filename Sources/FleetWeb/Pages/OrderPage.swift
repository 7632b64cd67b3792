// Asking devices for something, from a page. Nobody restarts a room by one click: the form leads to the plan, and the plan
// has the button.

import FleetAPI
import Foundation

extension PageRoutes {
    /// Rooms of one verdict that a plan names.
    static let plannedRooms = 200

    /// The form for many rooms.
    func orderPage(_ form: [String: String], _ session: Session, wrong: Refusal? = nil) throws(Refusal) -> String {
        guard session.asker.role >= .operator else {
            throw Refusal(
                .forbidden,
                "devices take commands from operators, and \(session.asker.name) is "
                    + session.asker.role.rawValue, remedy: "sign in with the token of an operator")
        }
        let chosen = form["action"] ?? ""
        let software = form["software"] ?? ""
        let model = OrderModel(
            matchers: form["matchers"] ?? "", version: form["version"] ?? "",
            actions: CommandRequest.actions.map {
                RoomsModel.Choice(word: $0, text: CommandRow.words($0), isChosen: $0 == chosen)
            },
            software: SoftwareBody.kinds.map {
                RoomsModel.Choice(word: $0, text: $0.replacing("_", with: " "), isChosen: $0 == software)
            }, wrong: wrong.map { "\($0.detail); \($0.remedy)." } ?? "", isWrong: wrong != nil,
            formKey: session.formKey)
        return templates.page("order", model, title: "Ask devices", at: "/devices", for: session)
    }

    /// What the form would do. Matchers that cannot be read lead back to the form as it was typed.
    func planPage(_ form: [String: String], _ session: Session) async throws(Refusal) -> Outcome {
        do throws(Refusal) {
            return .page(try await plan(form, session))
        } catch {
            guard error.kind == .invalid, form["room"] == nil else { throw error }
            return .wrong(try orderPage(form, session, wrong: error))
        }
    }

    private func plan(_ form: [String: String], _ session: Session) async throws(Refusal) -> String {
        let request = try command(in: form, session)
        let plan = try await intents.preview(request, for: session.asker)
        let action = CommandRow.words(plan.action)
        let groups = [("go", "Now"), ("wait", "Later"), ("refuse", "Refused")].map { verdict, title in
            PlanModel.Group(verdict: verdict, title: title, rooms: plan.rooms.filter { $0.verdict == verdict })
        }
        let mayForce = session.asker.role >= .admin
        let model = PlanModel(
            sentence: PlanModel.sentence(plan),
            length: plan.estimateSeconds > 0 ? "It takes about \(max(1, (plan.estimateSeconds + 59) / 60)) min." : "",
            groups: groups.filter { !$0.rows.isEmpty }, isForced: request.force == true,
            isUseful: plan.goes + plan.waits > 0,
            button:
                "\(action.prefix(1).uppercased() + action.dropFirst()) \(PageWords.count(plan.goes + plan.waits, "room"))",
            mayForce: mayForce && request.force != true && plan.waits + plan.refused > 0,
            isHeld: !mayForce && plan.waits + plan.refused > 0, reason: request.reason ?? "",
            fields: ["action", "room", "matchers", "software", "version"].compactMap { name in
                form[name].map { PlanModel.Field(name: name, value: $0) }
            }, back: form["room"].map { "/rooms/\(Self.segment($0))" } ?? "/devices", formKey: session.formKey)
        return templates.page("plan", model, title: "What would happen", at: "/operations", for: session)
    }

    /// - Returns: where the command is followed.
    func order(_ form: [String: String], _ session: Session) async throws(Refusal) -> String {
        let command = try await intents.request(try command(in: form, session), for: session.asker)
        return "/commands/\(Self.segment(command.id))"
    }

    private func command(in form: [String: String], _ session: Session) throws(Refusal) -> CommandRequest {
        func filled(_ name: String) -> String? {
            let text = form[name]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
            return text.isEmpty ? nil : text
        }
        let isUpdate = filled("action") == CommandRequest.updateAction
        let room = filled("room")
        let request = CommandRequest(
            action: filled("action") ?? "", software: isUpdate ? filled("software") : nil,
            version: isUpdate ? filled("version") : nil, rooms: room.map { [$0] },
            matchers: room == nil ? Self.lines(form["matchers"]) : nil, reason: filled("reason"),
            force: filled("force") == nil ? nil : true)
        try request.check(for: session.asker)
        return request
    }

    /// What stands on lines of its own.
    static func lines(_ text: String?) -> [String] {
        (text ?? "").split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }
}

struct OrderModel {
    var matchers: String
    var version: String
    var actions: [RoomsModel.Choice]
    var software: [RoomsModel.Choice]
    var wrong: String
    var isWrong: Bool
    var formKey: String
}

struct PlanModel {
    var sentence: String
    var length: String
    var groups: [Group]
    var isForced: Bool
    /// Whether anything would be asked of any room.
    var isUseful: Bool
    var button: String
    var mayForce: Bool
    /// Whether somebody else could override what holds rooms back.
    var isHeld: Bool
    var reason: String
    /// The form again, for the button.
    var fields: [Field]
    var back: String
    var formKey: String

    struct Field {
        var name: String
        var value: String
    }

    struct Group {
        var verdict: String
        var title: String
        var count: Int
        var rows: [Row]
        var more: String

        init(verdict: String, title: String, rooms: [CommandPreview.Planned]) {
            self.verdict = verdict
            self.title = title
            count = rooms.count
            rows = rooms.prefix(PageRoutes.plannedRooms).map(Row.init)
            let left = rooms.count - rows.count
            more = left > 0 ? "and \(PageWords.count(left, "more room"))" : ""
        }
    }

    struct Row {
        var name: String
        var address: String
        var place: String
        var model: String
        var why: [String]

        init(_ room: CommandPreview.Planned) {
            name = room.room.name
            address = "/rooms/\(PageRoutes.segment(room.room.id))"
            place = [room.room.building, room.room.floor].compactMap(\.self).joined(separator: ", ")
            model = room.model ?? ""
            why = room.because
        }
    }

    /// `12 rooms go now, 3 wait, 2 are refused.`
    static func sentence(_ plan: CommandPreview) -> String {
        var parts = ["\(PageWords.count(plan.goes, "room")) \(plan.goes == 1 ? "goes" : "go") now"]
        if plan.waits > 0 { parts.append("\(plan.waits) \(plan.waits == 1 ? "waits" : "wait")") }
        if plan.refused > 0 { parts.append("\(plan.refused) \(plan.refused == 1 ? "is" : "are") refused") }
        return parts.joined(separator: ", ") + "."
    }
}
