// The result for a person: a row for each permission, and what to do next.

import FleetCore
import TenantConnection

enum ConnectTables {
    static func permissions(_ report: ConnectionReport) -> Table {
        var table = Table(columns: [
            Table.Column("Permission"), Table.Column("Granted"), Table.Column("Tried"), Table.Column("What to do"),
        ])
        table.rows = report.results.map { result in
            [
                Cell(result.need.permission),
                Cell(result.isGranted ? "yes" : "no", result.isGranted ? .plain : .bad),
                Cell(result.verdict.rawValue, tone(result.verdict)), Cell(result.remark),
            ]
        }
        return table
    }

    private static func tone(_ verdict: TrialResult.Verdict) -> Tone {
        switch verdict {
        case .works: .good
        case .missing, .refused: .bad
        case .unavailable, .unclear: .doubtful
        case .untried: .faint
        }
    }

    static func ending(_ report: ConnectionReport, _ settings: Connection.Settings) -> String {
        var lines: [String] = []
        for role in report.excess {
            lines.append("\(role.harmless) is granted, but nothing that was chosen uses it: remove it.")
        }
        for file in report.files {
            let note = file.outcome == .replaced ? "; the old one is beside it as .bak" : ""
            lines.append("\(file.path): \(file.outcome.rawValue)\(note)")
        }
        if case .webhook? = settings.receiver?.plan,
            let file = report.files.first(where: { $0.path.hasSuffix("-webhook-secret") })
        {
            lines.append("The receiver of the webhook needs the secret in \(file.path) to verify signatures.")
        }
        if !lines.isEmpty { lines.append("") }
        let name = report.name
        if !report.detects {
            lines.append("\(name) is not connected. Do what the table says and run this again.")
        } else if !report.obstacles.isEmpty {
            let names = report.obstacles.map(\.need.permission).joined(separator: ", ")
            lines.append(
                "\(name) can be watched, but not everything works: \(names). Do what the table says and run this")
            lines.append("again, or leave the module out with --modules.")
        } else {
            lines.append("\(name) is connected.")
        }
        if report.detects, !settings.isDryRun {
            lines.append("")
            lines.append("Next:  roomwatchd --config \(settings.places.configuration) --check-config")
            lines.append(
                "       sudo systemctl daemon-reload && sudo systemctl enable --now roomwatchd.socket roomwatchd")
            lines.append("       (sudo systemctl restart roomwatchd where it runs already)")
        }
        return lines.map { $0 + "\n" }.joined()
    }
}
