// Mails against RFC 5322, 2045 and 2047: what they look like on the wire, and what cannot get into them.

import FleetCore
import Foundation
import MailExchange
import Synchronization
import Testing

@testable import FleetChannels

/// A server in memory.
private final class ScriptedMail: MailTransport {
    private let result: Result<MailReceipt, MailTransportError>
    private let sent = Mutex<[MailCall]>([])

    init(_ result: Result<MailReceipt, MailTransportError> = .success(MailReceipt(reply: "2.0.0 Ok: queued as 4C1F"))) {
        self.result = result
    }

    var calls: [MailCall] { sent.withLock { $0 } }

    func send(_ mail: MailCall) async throws(MailTransportError) -> MailReceipt {
        sent.withLock { $0.append(mail) }
        return try result.get()
    }
}

private let server = MailServer(
    host: "mail.contoso.com", port: 587, security: .startTLS,
    credentials: MailCredentials(user: "roomwatch", password: "hunter2-hunter2"))

private func deliver(
    _ notification: FleetCore.Notification = sampleNotification(), to: [String] = ["oncall@contoso.com"],
    transport: ScriptedMail = ScriptedMail()
) async throws -> (result: DeliveryResult, call: MailCall) {
    let channel = try EmailChannel(
        receiver: ReceiverName("mail"), server: server, from: "roomwatch@contoso.com", to: to, sender: fullSender,
        transport: transport)
    let result = await channel.deliver(notification, at: noon)
    return (result, try #require(transport.calls.first))
}

/// A message taken apart as a reader does: unfolded fields, and the decoded parts.
private struct ParsedMail {
    var fields: [(name: String, value: String)] = []
    var parts: [String] = []

    init(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        let halves = try #require(text.firstRange(of: "\r\n\r\n"))
        for line in text[..<halves.lowerBound].components(separatedBy: "\r\n") {
            if line.hasPrefix(" ") || line.hasPrefix("\t") {
                fields[fields.count - 1].value += line
            } else {
                let colon = try #require(line.firstIndex(of: ":"))
                fields.append(
                    (String(line[..<colon]), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)))
            }
        }
        let boundary = try #require(field("Content-Type")?.components(separatedBy: "boundary=\"").last?.dropLast())
        let pieces = text[halves.upperBound...].components(separatedBy: "--\(boundary)")
        for piece in pieces.dropFirst().dropLast() {
            let split = try #require(piece.firstRange(of: "\r\n\r\n"))
            parts.append(Self.decoded(String(piece[split.upperBound...])))
        }
    }

    func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    static func decoded(_ text: String) -> String {
        let joined = Array(text.replacingOccurrences(of: "=\r\n", with: "").utf8)
        var bytes: [UInt8] = []
        var index = 0
        while index < joined.count {
            if joined[index] == UInt8(ascii: "="), index + 2 < joined.count,
                let byte = UInt8(String(decoding: joined[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            {
                bytes.append(byte)
                index += 3
            } else {
                bytes.append(joined[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
    }

    /// The words of RFC 2047 read back.
    static func words(_ value: String) -> String {
        value.split(separator: " ").map { word -> (String, Bool) in
            guard word.hasPrefix("=?UTF-8?B?"), word.hasSuffix("?="),
                let data = Data(base64Encoded: String(word.dropFirst(10).dropLast(2)))
            else { return (String(word), false) }
            return (String(decoding: data, as: UTF8.self), true)
        }.reduce(into: ("", false)) { text, word in
            if !text.0.isEmpty, !(text.1 && word.1) { text.0 += " " }
            text = (text.0 + word.0, word.1)
        }.0
    }
}

@Suite struct EmailTests {
    @Test func `the mail of an incident, byte for byte`() async throws {
        let (result, call) = try await deliver(to: ["oncall@contoso.com", "facilities@contoso.com"])
        #expect(result == .accepted(detail: "mail (mail.contoso.com:587) took it: 2.0.0 Ok: queued as 4C1F"))
        #expect(call.sender == "roomwatch@contoso.com")
        #expect(call.recipients == ["oncall@contoso.com", "facilities@contoso.com"])
        #expect(call.limits.total == .seconds(25))
        let text = String(decoding: call.message, as: UTF8.self)
        #expect(
            text.hasPrefix(
                """
                Date: Fri, 20 Nov 2026 08:00:01 +0000
                From: Roomwatch <roomwatch@contoso.com>
                To: oncall@contoso.com, facilities@contoso.com
                Subject: [CRITICAL] Room 17 (B2, floor 3) is offline
                Message-ID: <01JDN000000000000000000001@contoso.com>
                References: <incident.01JD0000000000000000000001@contoso.com>
                Auto-Submitted: auto-generated
                X-Auto-Response-Suppress: All
                Importance: high
                X-Mailer: Roomwatch/1.2.3
                MIME-Version: 1.0
                Content-Type: multipart/alternative;
                 boundary="=_roomwatch_01JDN000000000000000000001"

                --=_roomwatch_01JDN000000000000000000001
                Content-Type: text/plain; charset=utf-8
                Content-Transfer-Encoding: quoted-printable

                [CRITICAL] Room 17 (B2, floor 3) is offline

                Where: Room 17 (B2, floor 3)
                Severity: critical

                """.replacingOccurrences(of: "\n", with: "\r\n")))
        #expect(text.hasSuffix("\r\n--=_roomwatch_01JDN000000000000000000001--\r\n"))
        #expect(!text.contains("hunter2"))
    }

    @Test func `both bodies say the same`() async throws {
        let mail = try ParsedMail(try await deliver(sampleNotification(.escalation)).call.message)
        #expect(mail.parts.count == 2)
        for part in mail.parts {
            for words in [
                "Escalation: Room 17 (B2, floor 3) is offline", "you are told as well", "network or power",
                "https://roomwatch.contoso.com/incidents/01JD0000000000000000000001",
            ] {
                #expect(part.contains(words), "\(words)")
            }
        }
        #expect(mail.parts[0].contains("Runbook: https://wiki.contoso.com/rooms?c=room.offline&x=1\n"))
        #expect(mail.parts[1].contains("href=\"https://wiki.contoso.com/rooms?c=room.offline&amp;x=1\""))
        #expect(mail.parts[1].contains("color-scheme"))
        for remote in ["<img", "<link", "<script", "url(", "@import", "src="] {
            #expect(!mail.parts[1].contains(remote))
        }
    }

    @Test func `the messages of an incident belong together and each has its own id`() async throws {
        let opened = try ParsedMail(try await deliver().call.message)
        let reminder = try ParsedMail(try await deliver(sampleNotification(.reminder)).call.message)
        #expect(opened.field("References") == reminder.field("References"))
        #expect(opened.field("In-Reply-To") == nil)
        #expect(reminder.field("In-Reply-To") == opened.field("References"))
        #expect(try await deliver().call.message == deliver().call.message)
    }

    @Test func `a test says so first`() async throws {
        let mail = try ParsedMail(try await deliver(sampleNotification(.test)).call.message)
        #expect(mail.field("Subject") == "[TEST] Room 17 (B2, floor 3) is offline")
        #expect(mail.field("Importance") == nil && mail.parts[0].contains("This is a TEST"))
    }

    @Test func `no name can write a header, a boundary or a tag`() async throws {
        let mail = try await deliver(sampleNotification(.updated, hugeIncident(name: hostile))).call.message
        let parsed = try ParsedMail(mail)
        #expect(
            Set(parsed.fields.map(\.name)) == [
                "Date", "From", "To", "Subject", "Message-ID", "References", "In-Reply-To", "Auto-Submitted",
                "X-Auto-Response-Suppress", "Importance", "X-Mailer", "MIME-Version", "Content-Type",
            ])
        #expect(parsed.fields.count == 13 && parsed.parts.count == 2)
        let subject = ParsedMail.words(try #require(parsed.field("Subject")))
        #expect(subject.hasPrefix("[CRITICAL] Update: Room *17*") && subject.contains("קומה") && subject.contains("👩‍👩‍👧"))
        #expect(!parsed.parts[1].contains("<script>") && !parsed.parts[1].contains("<b>b</b>"))
        #expect(parsed.parts[1].contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    }

    @Test(arguments: extremes.indices)
    func `the limits of mail hold at the extremes`(index: Int) async throws {
        let mail = try await deliver(sampleNotification(.opened, hugeIncident(name: extremes[index]))).call.message
        #expect(mail.count < 128 * 1024)
        #expect(mail.allSatisfy { $0 < 0x7F && ($0 >= 0x20 || $0 == 0x0D || $0 == 0x0A) })
        let text = String(decoding: mail, as: UTF8.self)
        #expect(!text.replacingOccurrences(of: "\r\n", with: "").contains { $0 == "\r" || $0 == "\n" })
        for line in text.components(separatedBy: "\r\n") {
            #expect(line.utf8.count <= 78 && !line.hasPrefix("."))
        }
        let parsed = try ParsedMail(mail)
        #expect(parsed.parts.count == 2 && parsed.parts[0].contains("20000"))
        #expect(ParsedMail.words(try #require(parsed.field("Subject"))).hasPrefix("[CRITICAL] "))
    }

    @Test(arguments: [
        "plain", "", "trailing blank ", "tab\t", "a=b", "ünïcödé", ".", "..dots", "From here", "two\nlines\n",
        String(repeating: "x", count: 75), String(repeating: "x", count: 76), String(repeating: "x ", count: 200),
        String(repeating: "é", count: 200), String(repeating: "👩‍👩‍👧", count: 60), String(repeating: ".", count: 300),
        String(repeating: "From ", count: 60), String(repeating: "=", count: 100),
    ])
    func `quoted-printable can be read back`(text: String) {
        let encoded = MailText.quotedPrintable(text)
        #expect(ParsedMail.decoded(encoded) == text)
        for line in encoded.components(separatedBy: "\r\n") {
            #expect(line.utf8.count <= 76 && !line.hasPrefix(".") && !line.hasPrefix("From "))
            #expect(!line.hasSuffix(" ") && !line.hasSuffix("\t"))
        }
    }

    @Test(arguments: [
        "short", "ü", String(repeating: "word ", count: 40), String(repeating: "é", count: 240),
        String(repeating: "👩‍👩‍👧 ", count: 25), "=?UTF-8?B?eA==?=", String(repeating: "x", count: 200), "",
    ])
    func `a subject can be read back`(text: String) {
        let field = MailText.field("Subject", text)
        for line in field.components(separatedBy: "\r\n") { #expect(line.utf8.count <= 78) }
        let value = field.dropFirst("Subject:".count).replacingOccurrences(of: "\r\n", with: "")
        #expect(ParsedMail.words(value) == text.oneLine(250))
        for word in value.split(separator: " ") where word.hasPrefix("=?") { #expect(word.utf8.count <= 75) }
    }

    @Test(arguments: [
        (MailTransportError.Kind.rejected(code: 550), "refused"), (.rejected(code: 451), "retry"),
        (.rejected(code: 421), "retry"), (.rejected(code: 552), "refused"), (.rejected(code: 530), "refused"),
        (.authenticationRefused(code: 535), "refused"), (.authenticationRefused(code: 454), "retry"),
        (.tlsRefused, "refused"), (.malformed, "refused"), (.nameNotResolved, "retry"), (.connectRefused, "retry"),
        (.timedOut, "retry"), (.brokenConnection, "retry"), (.cancelled, "retry"), (.transportUnavailable, "retry"),
    ])
    func `every failure has its consequence`(kind: MailTransportError.Kind, word: String) async throws {
        let error = MailTransportError(
            kind, host: "mail.contoso.com:587", detail: "550 no\r\nsuch user, hunter2-hunter2 is wrong")
        let result = try await deliver(transport: ScriptedMail(.failure(error))).result
        #expect(result.word == word)
        #expect(
            result.text.contains("mail (mail.contoso.com:587): 550 no such user") && !result.text.contains("hunter2"))
    }

    @Test func `who did not get it is named, and the others do not get it twice`() async throws {
        let receipt = MailReceipt(
            reply: "Ok", refused: [RefusedRecipient(address: "b@contoso.com", code: 550, reply: "no such user")])
        let result = try await deliver(
            to: ["a@contoso.com", "b@contoso.com"], transport: ScriptedMail(.success(receipt))
        ).result
        #expect(result.word == "accepted")
        #expect(result.text.contains("took it for 1 of 2") && result.text.contains("b@contoso.com (550 no such user)"))
    }

    @Test(arguments: [
        [], ["x"], ["a b@contoso.com"], ["a@contoso.com\r\nBcc: b@contoso.com"], ["<a@contoso.com>"], ["a@b@c"],
        ["ü@contoso.com"], ["a..b@contoso.com"], [".a@contoso.com"], ["@contoso.com"], ["a@"], ["a@b..c"],
        [String(repeating: "a", count: 65) + "@contoso.com"],
    ])
    func `addresses that could be more than an address are refused`(to: [String]) async {
        await #expect(throws: ChannelConfigurationError.self) { try await deliver(to: to) }
    }
}
