// The copy that somebody wants restored. It is opened before anything else happens, because only whoever asked may read
// it: the owner of the store, as whom the rest is done, has no business in root's home.

import Glibc

/// A copy and, when it was made by hand, its write-ahead log; open as long as this value lives.
final class OfferedCopy {
    private static let bite = 1 << 20

    let path: String
    let status: stat
    let logSize: Int
    private let descriptor: Int32
    private let log: Int32?

    var size: Int { Int(status.st_size) }

    init(_ path: String) throws(RestoreError) {
        func unusable(_ reason: String) -> RestoreError { .unusableCopy(path: path, reason: reason) }
        // A pipe would hold the call up.
        let opened = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard opened >= 0 else {
            throw unusable(
                errno == EACCES
                    ? "it cannot be read (\(lastErrorText())); run this as root, or move the file"
                    : "\(lastErrorText()); correct the path")
        }
        var status = stat()
        guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            Glibc.close(opened)
            throw unusable("it is not a regular file")
        }
        // Nobody named the log, so no link is followed to it: it could lead to a file that only root may read.
        let log = Glibc.open(path + "-wal", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        var logStatus = stat()
        guard log >= 0 ? fstat(log, &logStatus) == 0 && logStatus.st_mode & S_IFMT == S_IFREG : errno == ENOENT else {
            Glibc.close(opened)
            if log >= 0 { Glibc.close(log) }
            throw unusable("its log \(path)-wal is not a regular file that can be read; move it away")
        }
        self.path = path
        self.status = status
        self.log = log >= 0 ? log : nil
        descriptor = opened
        logSize = log >= 0 ? Int(logStatus.st_size) : 0
    }

    deinit {
        Glibc.close(descriptor)
        if let log { Glibc.close(log) }
    }

    func header() throws(RestoreError) -> StoreFiles.Header {
        var bytes = [UInt8](repeating: 0, count: 100)
        let got = pread(descriptor, &bytes, bytes.count, 0)
        guard got >= 0 else { throw .unusableCopy(path: path, reason: "it cannot be read: \(lastErrorText())") }
        return StoreFiles.header(of: Array(bytes.prefix(got)))
    }

    /// - Parameter target: a file that is not there yet.
    func write(to target: String) throws { try Self.write(descriptor, of: path, to: target) }

    func writeLog(to target: String) throws {
        if let log { try Self.write(log, of: path + "-wal", to: target) }
    }

    private static func write(_ input: Int32, of source: String, to target: String) throws {
        let output = try StoreFiles.openPrivately(target)
        defer { Glibc.close(output) }
        var buffer = [UInt8](repeating: 0, count: bite)
        var offset = 0
        while true {
            let got = pread(input, &buffer, buffer.count, off_t(offset))
            guard got >= 0 else {
                throw RestoreError.unusableCopy(path: source, reason: "it cannot be read: \(lastErrorText())")
            }
            guard got > 0 else { return }
            offset += got
            var sent = 0
            while sent < got {
                let count = Glibc.write(output, Array(buffer[sent..<got]), got - sent)
                guard count > 0 else {
                    if lacksSpace(errno) { throw StoreError.diskFull(path: target, doing: "restoring it") }
                    throw StoreError.io(path: target, doing: "restoring it", detail: lastErrorText())
                }
                sent += count
            }
        }
    }
}
