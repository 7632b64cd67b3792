// Credentials that somebody else issues: a token file that is renewed, and the three dialects of Azure's managed
// identities. Nothing of them may be asked of the wrong address, and nothing secret may come back in an error.

import Foundation
import GraphClient
import HTTPExchange
import HTTPTypes
import Synchronization
import Testing
import Timekeeping

/// A file whose content the test changes; `nil` is a file that is not there.
private final class Renewed: Sendable {
    private let content: Mutex<String?>
    private let asked = Mutex<[String]>([])

    init(_ text: String?) { content = Mutex(text) }

    var paths: [String] { asked.withLock { $0 } }

    func set(_ text: String?) { content.withLock { $0 = text } }

    func read(_ path: String) throws(CredentialFileError) -> Secret {
        asked.withLock { $0.append(path) }
        guard let text = content.withLock({ $0 }) else { throw CredentialFileError("no such file at \(path)") }
        return Secret(text)
    }

    var file: CredentialFile {
        CredentialFile { () async throws(CredentialFileError) in try self.read("/run/token") }
    }
}

private func failure(_ tokens: TokenSource) async -> TokenError? {
    do {
        _ = try await tokens.token()
        return nil
    } catch {
        return error
    }
}

@Suite("Federated tokens")
struct FederatedTokenTests {
    private static func form(_ call: HTTPCall) -> [String: String] {
        let body = String(decoding: call.body ?? [], as: UTF8.self)
        return Dictionary(
            body.split(separator: "&").compactMap { item in
                let parts = item.split(separator: "=", maxSplits: 1)
                return parts.count == 2 ? (String(parts[0]), String(parts[1]).removingPercentEncoding ?? "") : nil
            }, uniquingKeysWith: { first, _ in first })
    }

    @Test("the file is read for every request, without the white space around it")
    func readAnew() async throws {
        let file = Renewed(" first.token.one\n")
        let rig = try Rig(credential: .federatedToken(file.file))
        _ = try await rig.tokens.token()
        file.set("second.token.two")
        rig.time.advance(by: .seconds(3601))
        _ = try await rig.tokens.token()
        let forms = rig.transport.loginSent.map { Self.form($0.call) }
        #expect(forms.map { $0["client_assertion"] } == ["first.token.one", "second.token.two"])
        #expect(
            forms.allSatisfy {
                $0["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
                    && $0["client_secret"] == nil && $0["client_id"] == "app-1"
            })
    }

    @Test(
        "a file that is missing or empty is an error with a remedy, and heals when it is back", arguments: [nil, " \n"])
    func missing(content: String?) async throws {
        let file = Renewed(content)
        let rig = try Rig(credential: .federatedToken(file.file))
        let error = try #require(await failure(rig.tokens))
        #expect(error.kind == .federatedTokenFile && error.isTransient && error.file != nil)
        #expect(error.description.contains("federated_token_file"))
        #expect(rig.transport.loginSent.isEmpty)
        file.set("a.b.c")
        rig.time.advance(by: .seconds(3))
        _ = try await rig.tokens.token()
        #expect(rig.transport.loginSent.count == 1)
    }

    @Test("the token never comes back in an error")
    func redacted() async throws {
        let rig = try Rig(
            credential: .federatedToken(Renewed("secret.assertion.text").file),
            login: { _, _ in
                .json(
                    #"{"error":"invalid_client","error_description":"secret.assertion.text is bad","error_codes":[700213]}"#,
                    status: 401)
            })
        let error = try #require(await failure(rig.tokens))
        #expect(error.kind == .federationSubject)
        #expect(!error.description.contains("secret.assertion.text"))
    }
}

@Suite("Managed identities")
struct ManagedIdentityTests {
    private static let platformOfVM = ManagedIdentity.Platform.virtualMachine(base: ManagedIdentity.linkLocalBase)

    /// The rig's script for everything but the login authority answers for the platform.
    private func rig(
        _ platform: ManagedIdentity.Platform, clientID: String? = nil, _ script: @escaping ScriptedTransport.Script
    ) throws -> Rig {
        try Rig(credential: .managedIdentity(ManagedIdentity(platform, clientID: clientID)), graph: script)
    }

    /// 2026-12-01T08:00:00Z, where the rig's clock stands.
    private static let now = 1_796_112_000

    @Test("a virtual machine is asked as its metadata service wants it, and its quoted numbers are read")
    func virtualMachine() async throws {
        let rig = try rig(Self.platformOfVM) { _, _ in
            .json(
                #"{"access_token":"e30.e30.s","client_id":"c","expires_in":"86399","expires_on":"\#(Self.now + 600)","#
                    + #""not_before":"1","resource":"https://graph.microsoft.com/","token_type":"Bearer"}"#)
        }
        let token = try await rig.tokens.token()
        // What the token has left counts, not what it had at its birth.
        #expect(token.askedAt.elapsed(until: token.expiresAt) == .seconds(600))
        let call = try #require(rig.transport.graphSent.first).call
        #expect(
            call.url == "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01"
                + "&resource=https%3A%2F%2Fgraph.microsoft.com%2F")
        #expect(call.method == .get && call.body == nil)
        #expect(try call.headerFields[#require(HTTPField.Name("Metadata"))] == "true")
        #expect(rig.transport.loginSent.isEmpty)
    }

    @Test("a user-assigned identity is named, and the clouds have their own resource")
    func userAssigned() async throws {
        let rig = try rig(Self.platformOfVM, clientID: "app-2") { _, _ in .token("t") }
        _ = try await rig.tokens.token()
        #expect(rig.transport.graphSent.first?.call.url.hasSuffix("&client_id=app-2") == true)
    }

    @Test("App Service gets its header, which no error shows")
    func appService() async throws {
        let platform = ManagedIdentity.Platform.appService(
            endpoint: "http://127.0.0.1:41741/msi/token", header: Secret("header-secret"))
        let rig = try rig(platform) { _, number in
            number == 0
                ? .json(#"{"statusCode":400,"message":"header-secret is no good"}"#, status: 400)
                : .json(#"{"access_token":"t","expires_on":\#(Self.now + 61 + 900),"token_type":"Bearer"}"#)
        }
        let error = try #require(await failure(rig.tokens))
        #expect(error.kind == .identityRefused && !error.isTransient && !error.description.contains("header-secret"))
        rig.time.advance(by: .seconds(61))
        let token = try await rig.tokens.token()
        #expect(token.askedAt.elapsed(until: token.expiresAt) == .seconds(900))
        let call = try #require(rig.transport.graphSent.last).call
        #expect(call.url.hasPrefix("http://127.0.0.1:41741/msi/token?api-version=2019-08-01&resource="))
        #expect(try call.headerFields[#require(HTTPField.Name("X-IDENTITY-HEADER"))] == "header-secret")
        #expect(try call.headerFields[#require(HTTPField.Name("Metadata"))] == nil)
    }

    @Test("Arc's challenge is answered with the key that it names")
    func arc() async throws {
        let key = Renewed("a2V5\n")
        let path = "/var/opt/azcmagent/tokens/b0e6.key"
        let rig = try rig(Self.arc(key)) { _, number in
            number == 0 ? Self.challenge("Basic realm=\(path)") : .token("t")
        }
        _ = try await rig.tokens.token()
        #expect(key.paths == [path])
        let sent = rig.transport.graphSent.map(\.call)
        #expect(sent.map(\.url).allSatisfy { $0.contains("?api-version=2020-06-01&resource=") })
        #expect(sent.map { $0.headerFields[.authorization] } == [nil, "Basic a2V5"])
    }

    private static func arc(_ key: Renewed) -> ManagedIdentity.Platform {
        .arc(
            endpoint: "http://localhost:40342/metadata/identity/oauth2/token",
            readKey: { path async throws(CredentialFileError) in try key.read(path) })
    }

    private static func challenge(_ text: String) -> ScriptedTransport.Reply {
        .json("{}", status: 401, [.wwwAuthenticate: text])
    }

    @Test(
        "no other file is read for a challenge",
        arguments: [
            "Basic realm=/etc/shadow", "Basic realm=/var/opt/azcmagent/tokens/../../../../etc/x.key",
            "Basic realm=/var/opt/azcmagent/tokens/a.txt", "Basic realm=/var/opt/azcmagent/tokens/.key",
            "Basic realm=/var/opt/azcmagent/tokens/sub/a.key", "Basic realm=", "Basic", "Bearer realm=x", "",
        ])
    func otherFiles(challenge: String) async throws {
        let key = Renewed("a2V5")
        let rig = try rig(Self.arc(key)) { _, _ in Self.challenge(challenge) }
        let error = try #require(await failure(rig.tokens))
        #expect(error.kind == .identityChallenge && !error.isTransient)
        #expect(key.paths.isEmpty && rig.transport.graphSent.count == 1)
    }

    @Test(
        "a key that is missing, too long or no header value is not sent",
        arguments: [nil, String(repeating: "a", count: 4097), "a\u{7}b", " "])
    func badKeys(key: String?) async throws {
        let rig = try rig(Self.arc(Renewed(key))) { _, _ in
            Self.challenge("Basic realm=\"/var/opt/azcmagent/tokens/a.key\"")
        }
        let error = try #require(await failure(rig.tokens))
        #expect(error.kind == .identityKey && error.description.contains("himds"))
        #expect(rig.transport.graphSent.count == 1)
    }

    @Test("what heals is asked again ever more slowly, within 70 s", arguments: [404, 410, 429, 500, 503])
    func transient(status: Int) async throws {
        let rig = try rig(Self.platformOfVM) { _, _ in .json("{}", status: status) }
        var waits: [Duration] = []
        for _ in 0..<8 {
            let error = try #require(await failure(rig.tokens))
            #expect(error.kind == .identityUnavailable && error.isTransient)
            let now = rig.time.now()
            let wait = now.elapsed(until: try #require(error.retryAt))
            waits.append(wait)
            rig.time.advance(by: wait)
        }
        #expect(rig.transport.graphSent.count == 8)
        #expect(waits.allSatisfy { $0 <= .seconds(70) } && waits[0] <= .seconds(2) && waits[5] > .seconds(16))
    }

    @Test("a refusal and a machine that is not Azure's say what to do")
    func final() async throws {
        let refused = try rig(Self.platformOfVM) { _, _ in
            .json(#"{"error":"invalid_request","error_description":"Identity not found"}"#, status: 400)
        }
        let error = try #require(await failure(refused.tokens))
        #expect(error.kind == .identityRefused && error.message == "Identity not found" && !error.isTransient)
        let elsewhere = try rig(Self.platformOfVM) { _, _ in .broken(.connectTimedOut) }
        let other = try #require(await failure(elsewhere.tokens))
        #expect(other.kind == .identityUnreachable && other.isTransient && other.description.contains("Azure"))
        let redirected = try rig(Self.platformOfVM) { _, _ in .json("{}", status: 302, [.location: "http://evil/"]) }
        #expect(await failure(redirected.tokens)?.kind == .identityRefused)
        #expect(redirected.transport.graphSent.count == 1)
    }

    @Test("the environment tells the platform")
    func detection() throws {
        func detected(_ environment: [String: String], base: String? = nil) throws -> String {
            "\(ManagedIdentity(try .detected(environment: environment, base: base) { _ in Secret("k") }))"
        }
        let endpoint = "http://127.0.0.1:40342/metadata/identity/oauth2/token"
        #expect(try detected([:]).hasSuffix("virtual machine"))
        #expect(try detected(["IDENTITY_ENDPOINT": endpoint]).hasSuffix("Azure Arc"))
        #expect(try detected(["IDENTITY_ENDPOINT": endpoint, "IDENTITY_HEADER": "h"]).hasSuffix("App Service"))
        #expect(try detected(["IDENTITY_ENDPOINT": endpoint], base: "http://127.0.0.1:1").hasSuffix("virtual machine"))
        for bad in ["file:///etc/passwd", "http://a@b/", "http://127.0.0.1/?x=1", "http://10.0.0.1/metadata"] {
            #expect(throws: ManagedIdentity.Platform.Detection.self) { try detected(["IDENTITY_ENDPOINT": bad]) }
        }
    }
}
