// The paragraphs of a run, apart from what decides them.

import FleetCore

enum ConnectionText {
    static func needs(_ needs: [PermissionNeed]) -> String {
        let width = needs.map(\.permission.count).max() ?? 0
        let lines = needs.map { need in
            let padding = String(repeating: " ", count: width - need.permission.count)
            return "  \(need.permission)\(padding)  \(need.appRole)  \(need.purpose)"
        }
        return "Roomwatch needs these application permissions of Microsoft Graph, and no other:\n\n"
            + lines.joined(separator: "\n") + "\n"
    }

    static func consent(link: String, listener: RedirectListener, canPaste: Bool) -> String {
        var text = """
            Now open this link in a browser and sign in as Privileged Role Administrator or Global Administrator:

              \(link)

            The browser comes back to \(listener.redirectURI) on this machine. Is it on another one?
            Before you open the link, forward the port from there: ssh -L \(listener.port):127.0.0.1:\(listener.port) THIS-MACHINE
            """
        if canPaste {
            text += """

                Or open the link anyway: the last page will not load, and its address is the reply. Paste it here and press Enter.
                """
        }
        return text + "\n"
    }
}
