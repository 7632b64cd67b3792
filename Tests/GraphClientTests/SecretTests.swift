// A secret that can be printed will be printed one day.

import HTTPExchange
import Testing

@Suite("Secret")
struct SecretTests {
    @Test("no rendering shows the text")
    func unprintable() {
        let secret = Secret("hunter+2&~%")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped, "\([secret])", "\(Optional(secret) as Any)"] {
            #expect(!text.contains("hunter"))
        }
        #expect(secret.withRevealed { $0 } == "hunter+2&~%")
    }
}
