// A backup has its name only when it is whole, and nobody else's file is replaced by accident.

import Foundation
import HTTPExchange
import HTTPTypes
@testable import roomctl
import Testing

@Suite struct BackupFileTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "rw-backup-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private var path: String { folder.appending(path: "b.sqlite").path(percentEncoded: false) }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).sorted()
    }

    private func give(_ text: String, to file: BackupFile) -> Bool {
        file.begin([.contentLength: "\(text.utf8.count)"])
        return Array(text.utf8).withUnsafeBytes { file.take($0) }
    }

    @Test func itHasItsNameWhenItIsWholeAndIsPrivate() throws {
        let file = try BackupFile(path, isForced: false, progress: nil)
        #expect(give("abc", to: file))
        #expect(try names() == ["b.sqlite.part"])
        try file.keep(isForced: false)
        #expect(try names() == ["b.sqlite"])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "abc")
    }

    @Test func whatDoesNotArriveWholeIsThrownAway() throws {
        let file = try BackupFile(path, isForced: false, progress: nil)
        #expect(give("abc", to: file))
        file.discard()
        #expect(try names().isEmpty)
    }

    @Test func aFileThatIsThereStaysUnlessItIsForced() throws {
        try Data("old".utf8).write(to: URL(filePath: path))
        #expect(throws: CommandFault.self) { try BackupFile(path, isForced: false, progress: nil) }
        let file = try BackupFile(path, isForced: true, progress: nil)
        #expect(give("new", to: file))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        try file.keep(isForced: true)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
    }

    @Test func aFileThatAppearsMeanwhileStays() throws {
        let file = try BackupFile(path, isForced: false, progress: nil)
        #expect(give("new", to: file))
        try Data("other".utf8).write(to: URL(filePath: path))
        #expect(throws: CommandFault.self) { try file.keep(isForced: false) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "other")
        #expect(try names() == ["b.sqlite", "b.sqlite.part"])
    }

    @Test func twoDoNotWriteOneFile() throws {
        let first = try BackupFile(path, isForced: false, progress: nil)
        #expect(throws: CommandFault.self) { try BackupFile(path, isForced: false, progress: nil) }
        first.discard()
    }

    @Test func whatAnEarlierOneLeftIsTakenUp() throws {
        try Data("left behind".utf8).write(to: URL(filePath: path + ".part"))
        let file = try BackupFile(path, isForced: false, progress: nil)
        #expect(give("new", to: file))
        try file.keep(isForced: false)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
    }

    enum Planted: CaseIterable { case symbolicLink, hardLink, pipe, foreign }

    @Test(arguments: Planted.allCases) func whatSomebodyPutInTheWayIsRefused(_ planted: Planted) throws {
        let victim = folder.appending(path: "victim").path(percentEncoded: false)
        let partial = path + ".part"
        try Data("precious".utf8).write(to: URL(filePath: victim))
        switch planted {
        case .symbolicLink: try FileManager.default.createSymbolicLink(atPath: partial, withDestinationPath: victim)
        case .hardLink: try FileManager.default.linkItem(atPath: victim, toPath: partial)
        case .pipe: #expect(mkfifo(partial, 0o600) == 0)
        case .foreign:
            // Only root can make a file somebody else's.
            guard geteuid() == 0 else { return }
            try Data("trap".utf8).write(to: URL(filePath: partial))
            #expect(chown(partial, 65_432, 65_432) == 0)
        }
        #expect(throws: CommandFault.self) { try BackupFile(path, isForced: false, progress: nil) }
        #expect(try String(contentsOfFile: victim, encoding: .utf8) == "precious")
    }

    @Test(
        arguments: [
            (0, 100, 0), (50, 100, 50), (100, 100, 100), (900, 100, 100), (5, 0, 100), (7, nil, 0), (.max, 1, 100),
            (5, -1, 100),
        ] as [(Int, Int?, Int)])
    func thereIsNoMoreThanEverything(_ taken: Int, _ expected: Int?, _ percent: Int) {
        #expect(Progress.percent(taken, of: expected) == percent)
        Progress().show(taken, of: expected)
    }
}
