// The rules for single words: durations, hosts, names, and what was probably meant.

import Testing

@testable import FleetConfiguration

@Suite struct SmallRulesTests {
    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("0s", .zero), ("5s", .seconds(5)), ("10m", .seconds(600)),
        ("24h", .seconds(86_400)), ("90d", .seconds(90 * 86_400)),
    ])
    func durationsAreReadAndWritten(_ text: String, _ duration: Duration) {
        #expect(DurationText.parse(text) == duration)
        #expect(DurationText.parse(DurationText.format(duration)) == duration)
    }

    @Test(arguments: ["", "5", "s", "5 s", " 5s", "5S", "1.5s", "+5s", "-5s", "٥s", "5w", "1h30m", "9999999999s"])
    func otherTextsAreNoDurations(_ text: String) { #expect(DurationText.parse(text) == nil) }

    @Test(arguments: ["localhost", "LOCALHOST", "127.0.0.1", "127.255.255.254", "::1", "[::1]"])
    func loopbackIsRecognised(_ host: String) { #expect(WebAddress.isLoopback(host: host)) }

    @Test(arguments: [
        "127.0.0.1.contoso.com", "127.1", "0127.0.0.1", "128.0.0.1", "0.0.0.0", "localhost.contoso.com", "127.0.0.256",
        "::", "::ffff:127.0.0.1", "",
    ])
    func whatMayBeAnotherMachineIsNotLoopback(_ host: String) { #expect(!WebAddress.isLoopback(host: host)) }

    @Test func theNearestNameIsFound() {
        #expect(NearestName.distance("kitten", "sitting") == 3)
        #expect(NearestName.distance("presnece", "presence") == 1)
        #expect(NearestName.distance("", "abc") == 3)
        #expect(NearestName.of("presnece", among: ["suspect", "presence"]) == "presence")
        #expect(NearestName.of("licenses", among: ["devices", "licences"]) == "licences")
        #expect(NearestName.of("xyzzy-plugh", among: ["devices", "licences"]) == nil)
        #expect(NearestName.of(String(repeating: "a", count: 100_000), among: ["a"]) == nil)
    }

    @Test(arguments: [
        ("2026-02-28", true), ("2024-02-29", true), ("2026-02-29", false), ("2026-13-01", false),
        ("2026-1-01", false), ("2100-02-29", false), ("2000-02-29", true), ("20260101", false),
    ])
    func daysAreThoseOfTheCalendar(_ text: String, _ isDay: Bool) { #expect(Identifiers.isDay(text) == isDay) }

    @Test func anErrorAboutASecretDoesNotQuoteItsName() {
        let reference = SecretReference(key: "receivers[0].webhook.secret_file", name: "whsec_pasted", line: 7)
        #expect(
            reference.error(in: "r.yaml").description
                == "r.yaml:7: receivers[0].webhook.secret_file: there is no such file; "
                + "create it beside the configuration or pass it with LoadCredential=")
        #expect(!"\(reference)".contains("whsec"))
    }
}
