// Kinds of failure are stable words for metrics, tables and evidence. Whoever reads a sentence at night gets them in
// English.

/// What a kind of failure means, as part of a sentence.
public enum FailureText {
    /// `http_503` is "Graph answered 503", `token` is "there is no access token". A word that is not known is given as it is,
    /// with spaces.
    public static func words(_ kind: String) -> String {
        if let known = sentences[kind] { return known }
        if kind.hasPrefix("http_") { return "Graph answered \(kind.dropFirst("http_".count))" }
        return kind.replacing("_", with: " ")
    }

    private static let sentences = [
        "throttled": "Graph asks for quiet",
        "budget_spent": "the own request budget is spent",
        "http_401": "Graph refuses the access token, 401",
        "http_403": "Graph forbids it, 403",
        "malformed": "the answer makes no sense",
        "timed_out": "no answer in time",
        "token": "there is no access token",
        "name_not_resolved": "the host's name is not resolved",
        "connect_refused": "the connection is refused",
        "tls_refused": "TLS fails",
        "broken_connection": "the connection broke",
        "response_too_large": "the answer is too large",
        "proxy_refused": "the proxy refuses it",
        "foreign_link": "the answer leads to a foreign host",
        "cancelled": "the monitor stops",
    ]
}
