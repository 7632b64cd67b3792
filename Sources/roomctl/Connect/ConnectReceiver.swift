// A configuration in which nobody is told is refused by the daemon, so a first one needs somebody. More receivers and routes
// are for the editor.

import ArgumentParser
import HTTPExchange
import TenantConnection

struct ConnectReceiver: ParsableArguments {
    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case webhook
        case alertmanager
        case pagerduty
        case teams
        case slack
    }

    @Option(help: "webhook, alertmanager, pagerduty, teams or slack; for a configuration that does not exist yet.")
    var receiver: Kind?

    @Option(help: "URL of the webhook or the Alertmanager.")
    var receiverUrl: String?

    @Option(
        help: "A file with PagerDuty's integration key, or the URL of the Teams workflow or Slack webhook.",
        completion: .file())
    var receiverSecretFile: String?

    func validate() throws {
        if let receiverUrl, !Words.isSafeURL(receiverUrl, allowsQuery: receiver == .webhook) {
            throw ValidationError("--receiver-url is no URL: https, or http to this machine alone.")
        }
        switch receiver {
        case .pagerduty, .teams, .slack:
            if receiverUrl != nil {
                throw ValidationError("The URL of this receiver is a secret: --receiver-secret-file.")
            }
        case .webhook, .alertmanager:
            if receiverSecretFile != nil {
                throw ValidationError("--receiver-secret-file is for pagerduty, teams and slack.")
            }
        case nil:
            if receiverUrl != nil || receiverSecretFile != nil { throw ValidationError("Give --receiver.") }
        }
    }

    func plan(_ questions: Questions) throws -> (plan: ReceiverPlan, secret: Secret?) {
        let words = Kind.allCases.map(\.rawValue)
        let word = try questions.text(
            receiver?.rawValue, "--receiver", "Who is told first? \(words.joined(separator: ", "))", usual: "webhook",
            check: words.contains, "is none of \(words.joined(separator: ", "))")
        switch Kind(rawValue: word) ?? .webhook {
        case .webhook:
            let url = try self.url(questions, "URL of the webhook", allowsQuery: true)
            return (.webhook(url: url), Secret(Nonce.webhookSecret()))
        case .alertmanager: return (.alertmanager(url: try url(questions, "URL of the Alertmanager")), nil)
        case .pagerduty: return (.pagerDuty, try secret(questions, "Integration key of PagerDuty (not shown)"))
        case .teams: return (.teams, try secret(questions, "URL of the Teams workflow (not shown)"))
        case .slack: return (.slack, try secret(questions, "URL of the Slack webhook (not shown)"))
        }
    }

    private func url(_ questions: Questions, _ question: String, allowsQuery: Bool = false) throws -> String {
        try questions.text(
            receiverUrl, "--receiver-url", question, check: { Words.isSafeURL($0, allowsQuery: allowsQuery) },
            "is no URL: https, or http to this machine alone")
    }

    private func secret(_ questions: Questions, _ question: String) throws -> Secret {
        let secret =
            try receiverSecretFile.map { try ConnectCredential.text(of: $0) }
            ?? questions.hidden("--receiver-secret-file", question)
        guard !secret.trimmed.isEmpty else { throw ValidationError("The receiver's secret is empty.") }
        return secret.trimmed
    }
}
