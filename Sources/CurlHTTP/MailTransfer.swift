// One mail on the loop's thread: which options libcurl gets, and what became of it.

import CLibcurl
import Glibc
import MailExchange
import Timekeeping

/// A mail that waits for the loop.
struct MailPlan: TransferPlan {
    let mail: CheckedMail
    let deadline: Duration
    let continuation: CheckedContinuation<Result<MailReceipt, MailTransportError>, Never>

    func makeTransfer(on easy: EasyHandle, over sockets: SocketRegistry, at now: Duration) -> any Transfer {
        MailTransfer(self, on: easy, over: sockets)
    }

    func neverBegan(_ reason: TransferEnd) {
        continuation.resume(returning: .failure(MailFailure(reason, mail: mail, dialogue: MailDialogue()).error))
    }
}

/// A mail in flight.
final class MailTransfer: Transfer {
    let easy: EasyHandle
    private let plan: MailPlan
    private let recipients: HeaderList
    private let sockets: SocketRegistry
    private var dialogue = MailDialogue()
    /// How much of the message libcurl has taken.
    private var sent = 0

    init(_ plan: MailPlan, on easy: EasyHandle, over sockets: SocketRegistry) {
        self.plan = plan
        self.easy = easy
        self.sockets = sockets
        recipients = HeaderList(plan.mail.call.recipients.map { "<\($0)>" })
        setOptions()
    }

    func review(at now: Duration) -> TransferReview {
        now >= plan.deadline ? .giveUp(.deadlinePassed) : .askAgain(at: plan.deadline)
    }

    /// Connections of mail are never shared, so there is nobody to protect from this one.
    func abandonSilentConnection() {}

    /// libcurl would say QUIT and wait for the answer within its own call, and the whole loop with it.
    func willGiveUp() { sockets.shutDown(localPort: localPort, SHUT_RDWR) }

    private var localPort: Int32 { Int32(truncatingIfNeeded: easy.long(CURLINFO_LOCAL_PORT)) }

    func end(_ reason: TransferEnd) {
        let result: Result<MailReceipt, MailTransportError>
        if let verdict = dialogue.verdict, (200..<300).contains(verdict.code) {
            // The message is the server's now, whatever became of the farewell.
            result = .success(MailReceipt(reply: verdict.words, refused: dialogue.refused))
        } else {
            var failure = MailFailure(reason, mail: plan.mail, dialogue: dialogue)
            if case .finished(let code) = reason { failure.words = easy.words(for: code) }
            result = .failure(failure.error)
        }
        plan.continuation.resume(returning: result)
    }

    fileprivate func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let message = plan.mail.call.message
        let count = min(buffer.count, message.count - sent)
        guard count > 0 else { return 0 }
        message.withUnsafeBytes { bytes in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[sent..<(sent + count)]))
        }
        sent += count
        return count
    }

    fileprivate func hear(_ type: curl_infotype, _ bytes: UnsafeRawBufferPointer) {
        switch type {
        case CURLINFO_HEADER_OUT:
            dialogue.said(bytes)
            // QUIT is on its way. libcurl would wait for the answer within its own call for up to two minutes, during
            // which no other mail could move; on a connection that reads nothing any more it does not.
            if dialogue.isOver { sockets.shutDown(localPort: localPort, SHUT_RD) }
        case CURLINFO_HEADER_IN: dialogue.heard(bytes)
        default: break
        }
    }

    private func setOptions() {
        let call = plan.mail.call
        let server = call.server
        easy.set(CURLOPT_URL, plan.mail.url)
        easy.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        easy.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        easy.set(CURLOPT_MAIL_FROM, "<\(call.sender)>")
        easy.set(CURLOPT_MAIL_RCPT, list: recipients.first)
        // One wrong address must not keep the page from everybody else.
        easy.set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, true)
        if let credentials = server.credentials {
            easy.set(CURLOPT_USERNAME, credentials.user)
            easy.set(CURLOPT_PASSWORD, credentials.password)
        }
        easy.set(CURLOPT_UPLOAD, true)
        easy.set(CURLOPT_INFILESIZE_LARGE, offset: Int64(call.message.count))
        // To libcurl the connection includes the greeting, STARTTLS and AUTH; the deadline is the loop's.
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, call.limits.total.milliseconds)))
        easy.set(CURLOPT_NOSIGNAL, true)
        easy.set(CURLOPT_QUICK_EXIT, true)
        // A server closes an idle connection within minutes, and mail is rare: a new one is always sound.
        easy.set(CURLOPT_FRESH_CONNECT, true)
        easy.set(CURLOPT_FORBID_REUSE, true)
        // CURLUSESSL_ALL fails when the server does not offer STARTTLS; anything less would go on in clear.
        easy.set(CURLOPT_USE_SSL, Int(server.security == .plain ? CURLUSESSL_NONE.rawValue : CURLUSESSL_ALL.rawValue))
        easy.set(CURLOPT_SSL_VERIFYPEER, 1)
        easy.set(CURLOPT_SSL_VERIFYHOST, 2)
        easy.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let caFile = plan.mail.caFile {
            easy.set(CURLOPT_CAINFO, caFile)
            easy.set(CURLOPT_CAPATH, nil)
        }
        // The proxy is for the web; set even when empty, otherwise libcurl reads it from the environment.
        easy.set(CURLOPT_PROXY, "")
        easy.set(CURLOPT_NOPROXY, "")
        sockets.register(with: easy)
        easy.set(CURLOPT_READFUNCTION, reading: readMessage)
        easy.set(CURLOPT_WRITEFUNCTION, callback: dropBytes)
        easy.set(CURLOPT_HEADERFUNCTION, callback: dropBytes)
        easy.setNarration(hearDialogue)
        // Unretained: the loop keeps the transfer until the handle is out of libcurl's hands.
        let me = Unmanaged.passUnretained(self).toOpaque()
        for option in [CURLOPT_READDATA, CURLOPT_DEBUGDATA] { easy.set(option, pointer: me) }
    }
}

private func readMessage(
    _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ transfer: UnsafeMutableRawPointer?
) -> Int {
    guard let transfer else { return Int(CURL_READFUNC_ABORT) }
    let buffer = UnsafeMutableRawBufferPointer(start: buffer, count: size * count)
    return Unmanaged<MailTransfer>.fromOpaque(transfer).takeUnretainedValue().read(into: buffer)
}

/// The replies come as narration, with the commands they belong to; without this libcurl would print them.
private func dropBytes(
    _: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _: UnsafeMutableRawPointer?
) -> Int { size * count }

private func hearDialogue(
    _: UnsafeMutableRawPointer?, _ type: curl_infotype, _ words: UnsafeMutablePointer<CChar>?, _ count: Int,
    _ transfer: UnsafeMutableRawPointer?
) -> Int32 {
    guard let transfer else { return 0 }
    let bytes = UnsafeRawBufferPointer(start: words, count: count)
    Unmanaged<MailTransfer>.fromOpaque(transfer).takeUnretainedValue().hear(type, bytes)
    return 0
}
