// Kinds of failure as people read them.

import FleetCore
import Testing

@Suite struct FailureTextTests {
    @Test(arguments: [
        ("http_503", "Graph answered 503"), ("http_403", "Graph forbids it, 403"),
        ("token", "there is no access token"),
        ("throttled", "Graph asks for quiet"), ("timed_out", "no answer in time"),
        // A word that this version does not know is still a word.
        ("brand_new_trouble", "brand new trouble"), ("", ""),
    ])
    func everyKindIsReadable(_ kind: String, _ words: String) {
        #expect(FailureText.words(kind) == words)
    }
}
