// `store`, `api`, `http`, `heartbeat` and `log`: the daemon's own surroundings.

extension Reading {
    func store(_ document: Section) -> StoreConfiguration {
        var store = StoreConfiguration()
        guard let section = document["store"]?.section(["path", "retention"]) else { return store }
        store.path = section["path"]?.absolutePath() ?? store.path
        if let retention = section["retention"]?.section(["observations", "incidents", "calls"]) {
            let range = days(1)...days(3650)
            store.observations = retention["observations"]?.duration(in: range) ?? store.observations
            store.incidents = retention["incidents"]?.duration(in: range) ?? store.incidents
            store.calls = retention["calls"]?.duration(in: range) ?? store.calls
            retention["calls"]?.noteWithoutEffect()
        }
        return store
    }

    func api(_ document: Section) -> APIConfiguration {
        var api = APIConfiguration()
        let keys = ["listen", "socket", "tokens_file", "external_url", "behind_proxy", "tls"]
        guard let section = document["api"]?.section(keys) else { return api }
        let listen = section["listen"]
        api.listen = listen?.listenAddress() ?? api.listen
        // sun_path holds 108 bytes with the zero at its end (unix(7)).
        api.socket = section["socket"]?.absolutePath(maximum: 107) ?? api.socket
        api.tokensFile = section["tokens_file"]?.fileReference()
        let rule = WebAddress.Rule(allowsPlainHTTP: true)
        api.externalURL = section["external_url"].flatMap { $0.optionalAddress(rule: rule) }
        api.behindProxy = section["behind_proxy"]?.boolean() ?? false
        if let tls = section["tls"] {
            tls.refuse("is not in this version", remedy: "let a proxy terminate TLS and set behind_proxy: true")
        } else if let listen, !api.listen.isLoopback, !api.behindProxy {
            listen.refuse(
                "listens beyond this machine without TLS, so tokens would travel in clear",
                remedy: "listen on 127.0.0.1, or set behind_proxy: true when a proxy terminates TLS")
        }
        return api
    }

    func outbound(_ document: Section) -> OutboundConfiguration {
        var http = OutboundConfiguration()
        guard let section = document["http"]?.section(["proxy", "ca_file"]) else { return http }
        // A proxy is spoken to in clear; what passes through it is still TLS end to end.
        let rule = WebAddress.Rule(allowsPlainHTTP: true)
        http.proxy = section["proxy"].flatMap { $0.optionalAddress(rule: rule) }
        http.caFile = section["ca_file"].flatMap { $0.isEmptyText ? nil : $0.fileReference() }
        return http
    }

    func heartbeat(_ document: Section) -> HeartbeatConfiguration? {
        guard let field = document["heartbeat"], let section = field.section(["url_file", "every"]) else { return nil }
        let file = section.required("url_file", remedy: "name the file with the URL to call")?.fileReference()
        let every = section["every"].map { $0.duration(in: .seconds(10)...hours(24)) } ?? .seconds(60)
        guard let file, let every else { return nil }
        return HeartbeatConfiguration(urlFile: file, every: every)
    }

    func log(_ document: Section) -> LogConfiguration {
        var log = LogConfiguration()
        guard let section = document["log"]?.section(["level"]) else { return log }
        log.level = section["level"]?.word(LogConfiguration.Level.self) ?? log.level
        return log
    }
}

extension Field {
    var isEmptyText: Bool {
        if case .scalar("", _) = node.content { return true }
        return false
    }

    fileprivate func optionalAddress(rule: WebAddress.Rule) -> String? {
        isEmptyText ? nil : WebAddress.read(self, rule: rule)
    }

    /// `HOST:PORT`; IPv6 addresses in brackets.
    fileprivate func listenAddress() -> ListenAddress? {
        guard let text = text(maximum: 64) else { return nil }
        let remedy = "write an address of this machine and a port, such as 127.0.0.1:8470 or [::1]:8470"
        guard let colon = text.lastIndex(of: ":") else {
            refuse("\(text.quoted) has no port", remedy: remedy)
            return nil
        }
        let digits = text[text.index(after: colon)...]
        guard (1...5).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = Int(digits),
            port <= 65_535
        else {
            refuse("\(text.quoted) has no port from 0 to 65535", remedy: remedy)
            return nil
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard host.contains(":"), host.allSatisfy({ $0.isASCII && ($0.isHexDigit || ":.".contains($0)) }) else {
                refuse("\(text.quoted) holds no IPv6 address", remedy: remedy)
                return nil
            }
        } else if host != "localhost", WebAddress.octets(of: host) == nil {
            refuse("\(text.quoted) begins with no address", remedy: remedy)
            return nil
        }
        return ListenAddress(host: host, port: port)
    }
}
