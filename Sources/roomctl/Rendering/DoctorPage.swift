// What the doctor found, on a terminal: by area, the worst first, each with what to do about it beneath. Nothing is cut,
// because a remedy that is cut is none.

import FleetAPI

extension Rendering {
    /// Columns of the longest word of a status, with the gap behind it.
    private static let statusColumns = 9

    func doctor(_ report: DoctorBody, terminal: Terminal) -> String {
        let tenants = Set(report.checks.compactMap(\.tenant))
        var text = ""
        var area: String?
        for check in report.checks {
            if check.area != area {
                let title = CheckBody.Area(rawValue: check.area)?.title ?? check.area
                text += (area == nil ? "" : "\n") + Terminal.styled(title.harmless, .bold, terminal.isColoured) + "\n"
                area = check.area
            }
            text += row(check, namesTenant: tenants.count > 1, terminal)
        }
        return text + "\n" + report.counts.tally + "\n"
    }

    private func row(_ check: CheckBody, namesTenant: Bool, _ terminal: Terminal) -> String {
        let status = check.status.harmless
        let gap = String(repeating: " ", count: max(1, Self.statusColumns - status.columns))
        let tenant = namesTenant ? check.tenant.map { "\($0): " } ?? "" : ""
        let indent = "  " + String(repeating: " ", count: Self.statusColumns)
        var lines = Self.lines(of: (tenant + check.summary).harmless, width: terminal.width, indent: indent.columns)
        let first = lines.isEmpty ? "" : lines.removeFirst()
        let tone = Self.tone(of: check.finding)
        var text = "  " + Terminal.styled(status, tone, terminal.isColoured) + gap
        text += Terminal.styled(first, tone == .good ? .faint : .plain, terminal.isColoured) + "\n"
        for line in lines {
            text += indent + Terminal.styled(line, tone == .good ? .faint : .plain, terminal.isColoured) + "\n"
        }
        if !check.examples.isEmpty {
            let named = "Among them: " + check.examples.map(\.harmless).joined(separator: "; ") + "."
            for line in Self.lines(of: named, width: terminal.width, indent: indent.columns) {
                text += indent + line + "\n"
            }
        }
        if let remedy = check.remedy {
            let lines = Self.lines(of: remedy.harmless, width: terminal.width, indent: indent.columns + 2)
            for (place, line) in lines.enumerated() { text += indent + (place == 0 ? "→ " : "  ") + line + "\n" }
        }
        return text
    }

    /// Words up to the width that an indent leaves; one line where nobody looks.
    static func lines(of text: String, width: Int?, indent: Int) -> [String] {
        guard let width, width - indent > 20 else { return text.isEmpty ? [] : [text] }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.columns + 1 + String(word).columns > width - indent {
                lines.append(line)
                line = String(word)
            } else {
                line += line.isEmpty ? String(word) : " " + word
            }
        }
        return line.isEmpty ? lines : lines + [line]
    }

    private static func tone(of status: CheckBody.Status) -> Tone {
        switch status {
        case .ok: .good
        case .notice: .plain
        case .warning, .unknown: .doubtful
        case .problem: .bad
        }
    }

    /// One line a check for scripts.
    func plain(_ report: DoctorBody) -> String {
        Table(
            columns: ["status", "area", "tenant", "subject", "id", "summary", "remedy"].map { .init($0) },
            rows: report.checks.map { check in
                [
                    Cell(check.status), Cell(check.area), Cell(check.tenant ?? "-"), Cell(check.subject ?? "-"),
                    Cell(check.id), Cell(check.summary), Cell(check.remedy ?? "-"),
                ]
            }
        ).plain
    }
}
