// What nobody is being told of, and until when. A silence that was forgotten is how an outage goes unnoticed, so all of
// them stand on one page, with the button that ends each.

import FleetAPI
import Foundation
import Timekeeping

extension PageRoutes {
    /// Silences that are over are listed up to this many, for those who ask what was hidden last night.
    static let pastSilences = 20
    /// Lengths that the form offers, in hours.
    static let silenceHours = [1, 2, 4, 8, 24, 72, 168]

    /// - Parameters:
    ///   - typed: a new silence as it was typed and refused.
    ///   - wrong: why.
    func quietPage(
        _ session: Session, typed: [String: String] = [:], wrong: Refusal? = nil
    ) async throws(Refusal) -> String {
        let silences = try await intents.silences(for: session.asker)
        let windows = try await intents.windows(for: session.asker)
        let now = now
        let mayAct = session.asker.role >= .operator
        let current = silences.filter { $0.state != "expired" }
        let past = silences.filter { $0.state == "expired" }.suffix(Self.pastSilences).reversed()
        let model = QuietModel(
            silences: current.map { QuietModel.SilenceRow($0, at: now, mayEnd: mayAct) },
            hasSilences: !current.isEmpty, past: past.map { QuietModel.SilenceRow($0, at: now, mayEnd: false) },
            hasPast: !past.isEmpty,
            windows: windows.map { QuietModel.WindowRow($0, at: now, mayCancel: mayAct) },
            hasWindows: !windows.isEmpty, mayAct: mayAct, formKey: session.formKey,
            matchers: typed["matchers"] ?? "", reason: typed["reason"] ?? "",
            hours: Self.silenceHours.map {
                RoomsModel.Choice(word: String($0), text: "\($0) h", isChosen: String($0) == typed["hours"])
            }, wrong: wrong.map { "\($0.detail); \($0.remedy)." } ?? "", isWrong: wrong != nil)
        return templates.page("quiet", model, title: "Quiet", at: "/quiet", for: session)
    }

    /// Shows what a silence would hide before anybody creates it; what cannot be read leads back to the form.
    func previewPage(_ form: [String: String], _ session: Session) async throws(Refusal) -> Outcome {
        try await orTyped(form, session) { () async throws(Refusal) in .page(try await preview(form, session)) }
    }

    private func orTyped(
        _ form: [String: String], _ session: Session, _ body: () async throws(Refusal) -> Outcome
    ) async throws(Refusal) -> Outcome {
        do throws(Refusal) {
            return try await body()
        } catch {
            guard error.kind == .invalid else { throw error }
            return .wrong(try await quietPage(session, typed: form, wrong: error))
        }
    }

    private func preview(_ form: [String: String], _ session: Session) async throws(Refusal) -> String {
        let request = try silence(in: form)
        let preview = try await intents.preview(request, for: session.asker)
        let now = now
        let model = PreviewModel(
            matchers: preview.matchers, text: form["matchers"] ?? "", hours: form["hours"] ?? "",
            reason: request.reason, end: Instant(preview.endsAt, at: now).words,
            rooms: preview.rooms.map {
                IncidentModel.TileLink(
                    id: $0.id, name: $0.name, place: [$0.building, $0.floor].compactMap(\.self).joined(separator: ", "))
            },
            found: "\(PageWords.count(preview.roomsTotal, "room")) and "
                + "\(PageWords.count(preview.incidentsTotal, "open incident"))",
            incidents: preview.incidents.map { IncidentRow($0, at: now) },
            hasIncidents: !preview.incidents.isEmpty,
            formKey: session.formKey)
        return templates.page("preview", model, title: "What the silence hides", at: "/quiet", for: session)
    }

    func createSilence(_ form: [String: String], _ session: Session) async throws(Refusal) -> Outcome {
        try await orTyped(form, session) { () async throws(Refusal) in
            _ = try await intents.create(try silence(in: form), for: session.asker)
            return .to("/quiet")
        }
    }

    /// A silence as the form describes it: matchers a line each, beginning now.
    private func silence(in form: [String: String]) throws(Refusal) -> SilenceRequest {
        SilenceRequest(
            matchers: Self.lines(form["matchers"]), endsAt: try end(after: form["hours"]), reason: form["reason"] ?? "")
    }

    /// - Throws: ``Refusal`` for a length that no form offers.
    func end(after hours: String?) throws(Refusal) -> Timestamp {
        guard let hours = hours.flatMap(Int.init), Self.silenceHours.contains(hours) else {
            throw Refusal(.invalid, "the length is none of the choices", remedy: "choose one")
        }
        return Timestamp(time.now().wall.addingTimeInterval(Double(hours) * 3_600))
    }
}

struct QuietModel {
    var silences: [SilenceRow]
    var hasSilences: Bool
    var past: [SilenceRow]
    var hasPast: Bool
    var windows: [WindowRow]
    var hasWindows: Bool
    var mayAct: Bool
    var formKey: String
    /// A new silence as it was typed, and why it was refused.
    var matchers: String
    var reason: String
    var hours: [RoomsModel.Choice]
    var wrong: String
    var isWrong: Bool

    struct SilenceRow {
        var id: String
        var matchers: [String]
        var state: String
        var span: String
        var author: String
        var reason: String
        var mayEnd: Bool

        init(_ silence: SilenceBody, at now: Timestamp, mayEnd: Bool) {
            id = silence.id
            matchers = silence.matchers
            state = silence.expiredBy.map { "ended by \($0)" } ?? silence.state
            let end = Instant(silence.endsAt, at: now)
            span = silence.state == "expired" ? "until \(end.clock)" : "until \(end.words)"
            author = silence.author
            reason = silence.reason
            self.mayEnd = mayEnd
        }
    }

    struct WindowRow {
        var id: String
        var name: String
        var state: String
        var schedule: String
        var covers: String
        var reason: String
        var mayCancel: Bool

        init(_ window: WindowBody, at now: Timestamp, mayCancel: Bool) {
            id = window.id ?? ""
            name = window.name
            state = window.state
            schedule = window.schedule
            let places = window.tenants + window.buildings + window.floors + window.rooms
            covers =
                "\(places.isEmpty ? "everything" : places.joined(separator: ", ")) (\(PageWords.count(window.roomsTotal, "room")))"
            reason = [window.reason, window.author.map { "(\($0))" }].compactMap(\.self).joined(separator: " ")
            self.mayCancel = mayCancel && window.id != nil && ["open", "planned"].contains(window.state)
        }
    }
}

struct PreviewModel {
    var matchers: [String]
    var text: String
    var hours: String
    var reason: String
    var end: String
    var rooms: [IncidentModel.TileLink]
    /// `4 rooms and 1 open incident`
    var found: String
    var incidents: [IncidentRow]
    var hasIncidents: Bool
    var formKey: String
}
