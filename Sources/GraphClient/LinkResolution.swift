// Links in answers are opaque, may be relative to the version root (the Teams device service sends
// "/teamwork/devices?$skiptoken=…") and are the one way a hostile answer could make us send the token elsewhere.

enum LinkResolution {
    /// The absolute URL a link leads to, always on the configured origin.
    ///
    /// - Parameters:
    ///   - base: the absolute URL of the request whose answer held the link; `nil` allows absolute links only.
    /// - Returns: the URL, or what is wrong with the link (without quoting it).
    static func resolve(_ link: String, base: String?, version: GraphRequest.Version, endpoints: GraphEndpoints)
        -> Result<String, Refusal>
    {
        guard !link.isEmpty else { return .failure(Refusal("is empty")) }
        guard WebOrigin.isUnambiguous(link) else { return .failure(Refusal("holds characters no URL may hold")) }
        let link = link.prefix { $0 != "#" }
        let origin = endpoints.graphOrigin
        if link.hasPrefix("//") { return absolute("\(origin.scheme):\(link)", origin) }
        // A colon before the first slash or question mark ends a scheme (RFC 3986, section 4.2).
        if link.prefix(while: { $0 != "/" && $0 != "?" }).contains(":") { return absolute(String(link), origin) }
        let root = "\(origin)\(endpoints.graphBasePath)"
        if link.hasPrefix("/") {
            let versions = GraphRequest.Version.allCases.map { "\(endpoints.graphBasePath)/\($0.rawValue)/" }
            if versions.contains(where: { link.lowercased().hasPrefix($0.lowercased()) }) {
                return .success("\(origin)\(link)")
            }
            return .success("\(root)/\(version.rawValue)\(link)")
        }
        guard let base, let (_, rest) = WebOrigin.split(base) else {
            return .failure(Refusal("is relative to nothing"))
        }
        let path = rest.prefix { $0 != "?" && $0 != "#" }
        if link.hasPrefix("?") { return .success("\(origin)\(path)\(link)") }
        // "teamwork/devices?…" beside ".../beta/teamwork/devices" is meant from the version root.
        let versionRoot = "\(endpoints.graphBasePath)/\(version.rawValue)/"
        let first = link.prefix { $0 != "/" && $0 != "?" }
        if path.hasPrefix(versionRoot), path.dropFirst(versionRoot.count).split(separator: "/").first == first,
            link.contains("/")
        {
            return .success("\(origin)\(versionRoot)\(link)")
        }
        guard !link.split(separator: "?", maxSplits: 1)[0].split(separator: "/").contains("..") else {
            return .failure(Refusal("climbs out of its folder"))
        }
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "/"
        return .success("\(origin)\(folder)\(link)")
    }

    /// Why a link is not followed.
    struct Refusal: Error {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    private static func absolute(_ url: String, _ origin: WebOrigin) -> Result<String, Refusal> {
        guard let (target, rest) = WebOrigin.split(url) else {
            return .failure(Refusal("is no plain http or https URL"))
        }
        guard target == origin else {
            return .failure(Refusal("leads to \(target) instead of \(origin)"))
        }
        return .success("\(origin)\(rest)")
    }
}
