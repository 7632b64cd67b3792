// From the many ways a mail can fail to the few kinds an operator can act on. What the server said counts for more than
// libcurl's code for it.

import CLibcurl
import MailExchange

/// What is known about a mail that was not taken.
struct MailFailure {
    let reason: TransferEnd
    let mail: CheckedMail
    let dialogue: MailDialogue
    /// libcurl's own words.
    var words = ""

    init(_ reason: TransferEnd, mail: CheckedMail, dialogue: MailDialogue) {
        self.reason = reason
        self.mail = mail
        self.dialogue = dialogue
    }

    var error: MailTransportError {
        switch reason {
        case .cancelled: make(.cancelled, "the caller gave the mail up")
        case .stopped: make(.transportUnavailable, "the transport has been shut down")
        case .full: make(.transportUnavailable, "all places and the whole queue are taken")
        case .broken(let detail): make(.transportUnavailable, detail)
        case .stalled, .deadlinePassed: make(.timedOut, "no answer to the whole message within the limit")
        case .finished(CURLE_OK): make(.brokenConnection, "the server never answered to the message")
        case .finished(let code): finished(code)
        }
    }

    private func finished(_ code: CURLcode) -> MailTransportError {
        let own = "\(MailDialogue.printable(words)) (curl \(code.rawValue))"
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: return make(.nameNotResolved, own)
        case CURLE_COULDNT_CONNECT: return make(.connectRefused, own)
        case CURLE_OPERATION_TIMEDOUT: return make(.timedOut, own)
        case CURLE_USE_SSL_FAILED:
            return make(.tlsRefused, "the server does not offer STARTTLS, which is required")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR:
            return make(.tlsRefused, own)
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT, CURLE_NOT_BUILT_IN, CURLE_UNSUPPORTED_PROTOCOL,
            CURLE_UNKNOWN_OPTION, CURLE_BAD_FUNCTION_ARGUMENT:
            return make(.transportUnavailable, own)
        default: break
        }
        // When every recipient was refused, one that may heal later decides: the mail is worth another attempt.
        let answer =
            dialogue.refused.first { $0.code < 500 }.map { MailDialogue.Reply(code: $0.code, words: $0.reply) }
            ?? dialogue.lastReply
        guard let reply = answer, reply.code >= 400 else { return make(.brokenConnection, own) }
        let said = "\(reply.code) \(reply.words)"
        return code == CURLE_LOGIN_DENIED || dialogue.isAuthenticating
            ? make(.authenticationRefused(code: reply.code), said) : make(.rejected(code: reply.code), said)
    }

    private func make(_ kind: MailTransportError.Kind, _ detail: String) -> MailTransportError {
        MailTransportError(kind, host: mail.host, detail: detail)
    }
}
