// Conversations with a mail server, down to the line: what is said, what is not said in clear, and what each refusal
// becomes.

import CurlHTTP
import Foundation
import MailExchange
import Synchronization
import Testing
import Timekeeping

/// A mail server that answers each command by a script and keeps what it heard.
final class MailStage: Sendable {
    struct Script: Sendable {
        var greeting = "220 mail.contoso.com ESMTP"
        var capabilities = ["SIZE 1000000", "AUTH PLAIN LOGIN"]
        /// Replies by the beginning of a command; everything else is answered well.
        var replies: [(command: String, reply: String)] = []
        var afterData = "250 2.0.0 Ok: queued as 4C1F"
        /// The connection is closed instead of this command being answered.
        var hangsUpAt: String?
        /// The command is never answered.
        var silentAt: String?
    }

    private let heard = Mutex<(commands: [String], message: String)>(([], ""))
    private let script: Script

    init(_ script: Script) { self.script = script }

    var commands: [String] { heard.withLock { $0.commands } }
    var message: String { heard.withLock { $0.message } }

    func serve(_ connection: LoopbackConnection) {
        connection.send(script.greeting + "\r\n")
        var isSecretExpected = false
        while let line = connection.line() {
            heard.withLock { $0.commands.append(line) }
            if let end = script.hangsUpAt, line.hasPrefix(end) { return }
            if let end = script.silentAt, line.hasPrefix(end) { return connection.waitForClose() }
            if let reply = script.replies.first(where: { line.hasPrefix($0.command) })?.reply {
                connection.send(reply + "\r\n")
            } else if line.hasPrefix("EHLO") {
                let lines = ["mail.contoso.com"] + script.capabilities
                let last = lines.count - 1
                connection.send(lines.enumerated().map { "250\($0 == last ? " " : "-")\($1)\r\n" }.joined())
            } else if line == "AUTH PLAIN" {
                isSecretExpected = true
                connection.send("334 \r\n")
            } else if isSecretExpected {
                isSecretExpected = false
                connection.send("235 2.7.0 Authentication successful\r\n")
            } else if line == "DATA" {
                connection.send("354 Go ahead\r\n")
                var message = ""
                while let text = connection.line(), text != "." { message += text + "\r\n" }
                heard.withLock { $0.message = message }
                connection.send(script.afterData + "\r\n")
            } else {
                connection.send(line == "QUIT" ? "221 Bye\r\n" : "250 Ok\r\n")
            }
        }
    }
}

private let message = Array("Subject: test\r\n\r\n.one dot\r\n..two\r\n.\r\nend\r\n".utf8)

private func deliver(
    _ script: MailStage.Script = MailStage.Script(), security: MailServer.Security = .plain,
    credentials: MailCredentials? = nil, to: [String] = ["oncall@contoso.com"], total: Duration = .seconds(20)
) async throws -> (result: Result<MailReceipt, MailTransportError>, stage: MailStage) {
    let stage = MailStage(script)
    var outcome: Result<MailReceipt, MailTransportError>?
    try await withMailServer({ stage.serve($0) }) { transport, server in
        let mail = MailCall(
            server: MailServer(host: "127.0.0.1", port: server.port, security: security, credentials: credentials),
            sender: "roomwatch@contoso.com", recipients: to, message: message,
            limits: MailLimits(total: total))
        do throws(MailTransportError) {
            outcome = .success(try await transport.send(mail))
        } catch {
            outcome = .failure(error)
        }
    }
    return (try #require(outcome), stage)
}

/// Runs `body` against a scripted server and shuts everything down afterwards.
private func withMailServer(
    _ script: @escaping LoopbackServer.Script, _ body: (CurlMailTransport, LoopbackServer) async throws -> Void
) async throws {
    #expect(environmentNamesADeadProxy)
    let server = try LoopbackServer(script)
    let transport = CurlMailTransport(configuration: CurlConfiguration(), time: SystemTimeSource())
    let result: Result<Void, any Error>
    do {
        result = .success(try await body(transport, server))
    } catch {
        result = .failure(error)
    }
    await transport.shutdown()
    server.close()
    try result.get()
}

private func kind(_ result: Result<MailReceipt, MailTransportError>) -> MailTransportError.Kind? {
    if case .failure(let error) = result { error.kind } else { nil }
}

@Suite(.timeLimit(.minutes(1)))
struct MailTests {
    @Test func aMessageIsHandedOverAsItIs() async throws {
        let (result, stage) = try await deliver(to: ["a@contoso.com", "b@contoso.com"])
        #expect(try result.get() == MailReceipt(reply: "2.0.0 Ok: queued as 4C1F"))
        #expect(stage.commands[0].hasPrefix("EHLO "))
        #expect(
            Array(stage.commands[1...4]) == [
                "MAIL FROM:<roomwatch@contoso.com> SIZE=\(message.count)", "RCPT TO:<a@contoso.com>",
                "RCPT TO:<b@contoso.com>", "DATA",
            ])
        // Dots at the beginning of a line are doubled on the way (RFC 5321, section 4.5.2), so the lone one ends nothing.
        #expect(stage.message == "Subject: test\r\n\r\n..one dot\r\n...two\r\n..\r\nend\r\n")
    }

    @Test func aServerWithoutSTARTTLSGetsNothing() async throws {
        let secret = MailCredentials(user: "roomwatch", password: "hunter2")
        let (result, stage) = try await deliver(security: .startTLS, credentials: secret)
        #expect(kind(result) == .tlsRefused)
        #expect(stage.commands.allSatisfy { $0.hasPrefix("EHLO") || $0 == "QUIT" || $0.hasPrefix("STARTTLS") })
        #expect(stage.message.isEmpty)
    }

    @Test func aServerThatRefusesSTARTTLSGetsNothing() async throws {
        var script = MailStage.Script(capabilities: ["STARTTLS", "AUTH PLAIN"])
        script.replies = [("STARTTLS", "454 4.7.0 TLS not available")]
        let secret = MailCredentials(user: "roomwatch", password: "hunter2")
        let (result, stage) = try await deliver(script, security: .startTLS, credentials: secret)
        #expect(kind(result) == .tlsRefused)
        #expect(!stage.commands.contains { $0.hasPrefix("AUTH") || $0.hasPrefix("MAIL") })
    }

    @Test func aServerThatSpeaksNoTLSIsNotSpokenToInClear() async throws {
        let secret = MailCredentials(user: "roomwatch", password: "hunter2")
        let (result, stage) = try await deliver(security: .tls, credentials: secret)
        #expect(kind(result) == .tlsRefused)
        #expect(!stage.commands.contains { $0.hasPrefix("AUTH") || $0.hasPrefix("EHLO") })
    }

    @Test func aPasswordIsSentAndARefusedOneIsNamedSo() async throws {
        let secret = MailCredentials(user: "roomwatch", password: "hunter2")
        let good = try await deliver(credentials: secret)
        #expect(throws: Never.self) { try good.result.get() }
        let expected = Data("\0roomwatch\0hunter2".utf8).base64EncodedString()
        #expect(good.stage.commands.contains { $0.hasSuffix(expected) })
        for (code, reply) in [(535, "535 5.7.8 bad credentials"), (454, "454 4.7.0 try later")] {
            var script = MailStage.Script()
            script.replies = [("AUTH", reply)]
            let bad = try await deliver(script, credentials: secret)
            #expect(kind(bad.result) == .authenticationRefused(code: code))
            #expect(!"\(bad.result)".contains("hunter2") && !"\(bad.result)".contains(expected))
            #expect(!bad.stage.commands.contains { $0.hasPrefix("MAIL") })
        }
    }

    @Test(arguments: [
        ("MAIL", "550 5.7.1 sender not allowed", 550), ("MAIL", "451 4.3.0 later", 451),
        ("RCPT", "550 5.1.1 no such user", 550), ("RCPT", "450-4.2.1 mailbox\r\n450 4.2.1 busy", 450),
        ("DATA", "554 5.5.1 no", 554), ("EHLO", "421 4.3.2 shutting down", 421),
    ])
    func aRefusalKeepsItsCodeAndItsWords(command: String, reply: String, code: Int) async throws {
        var script = MailStage.Script()
        script.replies = [(command, reply)] + (command == "EHLO" ? [("HELO", reply)] : [])
        let (result, _) = try await deliver(script)
        guard case .failure(let error) = result else { return #expect(Bool(false), "it was accepted") }
        #expect(error.kind == .rejected(code: code))
        #expect(error.detail.hasPrefix("\(code) ") && error.detail.contains(reply.split(separator: " ").last ?? ""))
        #expect(error.host.hasPrefix("127.0.0.1:"))
    }

    @Test(arguments: [("554 5.6.0 looks like spam", 554), ("452 4.3.1 disk full", 452)])
    func aRefusedMessageIsNoDelivery(reply: String, code: Int) async throws {
        let (result, _) = try await deliver(MailStage.Script(afterData: reply))
        #expect(kind(result) == .rejected(code: code))
    }

    @Test func aGreetingThatSaysNoIsRefused() async throws {
        let (result, _) = try await deliver(MailStage.Script(greeting: "554 5.7.1 go away"))
        #expect(kind(result) == .rejected(code: 554))
    }

    @Test func oneWrongRecipientDoesNotKeepTheMailFromTheOthers() async throws {
        var script = MailStage.Script()
        script.replies = [("RCPT TO:<b@", "550 5.1.1 no such user"), ("RCPT TO:<c@", "450 4.2.1 busy")]
        let (result, stage) = try await deliver(script, to: ["a@contoso.com", "b@contoso.com", "c@contoso.com"])
        let receipt = try result.get()
        #expect(receipt.reply == "2.0.0 Ok: queued as 4C1F")
        #expect(
            receipt.refused == [
                RefusedRecipient(address: "b@contoso.com", code: 550, reply: "5.1.1 no such user"),
                RefusedRecipient(address: "c@contoso.com", code: 450, reply: "4.2.1 busy"),
            ])
        #expect(!stage.message.isEmpty)
    }

    @Test func whenAllAreRefusedTheOneThatMayHealDecides() async throws {
        var script = MailStage.Script()
        script.replies = [("RCPT TO:<a@", "450 4.2.1 busy"), ("RCPT TO:<b@", "550 5.1.1 no such user")]
        let (result, stage) = try await deliver(script, to: ["a@contoso.com", "b@contoso.com"])
        #expect(kind(result) == .rejected(code: 450) && stage.message.isEmpty)
    }

    @Test func aServerThatHangsUpOrFallsSilentIsNoDelivery() async throws {
        for command in ["EHLO", "MAIL", "RCPT", "DATA"] {
            let (result, _) = try await deliver(MailStage.Script(hangsUpAt: command))
            #expect(kind(result) == .brokenConnection, "\(command)")
        }
        let (silent, _) = try await deliver(MailStage.Script(silentAt: "MAIL"), total: .milliseconds(300))
        #expect(kind(silent) == .timedOut)
        // Once the message is taken, the farewell does not matter, and nobody waits for it.
        for script in [MailStage.Script(hangsUpAt: "QUIT"), MailStage.Script(silentAt: "QUIT")] {
            let (late, stage) = try await deliver(script)
            #expect(throws: Never.self) { try late.get() }
            #expect(stage.commands.last == "QUIT")
        }
    }

    @Test func nobodyListening() async throws {
        try await withMailServer({ _ in }) { transport, _ in
            let mail = MailCall(
                server: MailServer(host: "127.0.0.1", port: 1, security: .plain), sender: "a@contoso.com",
                recipients: ["b@contoso.com"], message: message)
            let error = await #expect(throws: MailTransportError.self) {
                try await transport.send(mail)
            }
            #expect(error?.kind == .connectRefused && error?.host == "127.0.0.1:1")
        }
    }

    @Test func aCancelledMailEnds() async throws {
        let reached = Event()
        try await withMailServer({ connection in
            connection.send("220 mail.contoso.com\r\n")
            _ = connection.line()
            reached.happen()
            connection.waitForClose()
        }) { transport, server in
            let mail = MailCall(
                server: MailServer(host: "127.0.0.1", port: server.port, security: .plain), sender: "a@contoso.com",
                recipients: ["b@contoso.com"], message: message)
            let task = Task { try await transport.send(mail) }
            await reached.wait()
            task.cancel()
            let error = await #expect(throws: MailTransportError.self) { try await task.value }
            #expect(error?.kind == .cancelled)
        }
    }

    @Test(arguments: [
        ("127.0.0.1", 25, "a@contoso.com", [] as [String]), ("127.0.0.1", 25, "a@contoso.com", ["b@c>\r\nDATA"]),
        ("127.0.0.1", 25, "a@contoso.com\r\nRCPT TO:<x@y.z>", ["b@contoso.com"]),
        ("a/b", 25, "a@contoso.com", ["b@contoso.com"]), ("a@b", 25, "a@contoso.com", ["b@contoso.com"]),
        ("127.0.0.1", 0, "a@contoso.com", ["b@contoso.com"]), ("127.0.0.1", 25, "ü@contoso.com", ["b@contoso.com"]),
    ])
    func whatCouldBeACommandIsNotSent(host: String, port: Int, sender: String, to: [String]) async throws {
        try await withMailServer({ _ in }) { transport, _ in
            let mail = MailCall(
                server: MailServer(host: host, port: port, security: .plain), sender: sender, recipients: to,
                message: message)
            let error = await #expect(throws: MailTransportError.self) {
                try await transport.send(mail)
            }
            #expect(error?.kind == .malformed)
        }
    }

    @Test func aPasswordNeverShows() {
        let secret = MailCredentials(user: "roomwatch", password: "hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!"\(secret) \(String(reflecting: secret)) \(dumped)".contains("hunter2"))
    }
}
