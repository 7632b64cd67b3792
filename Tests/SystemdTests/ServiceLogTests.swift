// The queue is driven with a stalled writer on purpose: a log that blocks or grows is worse than a gap that is told.

import Dispatch
import Foundation
import Glibc
import Logging
import Synchronization
import Testing

@testable import Systemd

@Suite struct ServiceLogTests {
    /// A destination that can be held shut and told to fail.
    private final class Collector: Sendable {
        let records = Mutex<[LogRecord]>([])
        let accepts = Mutex(true)
        let gate = DispatchSemaphore(value: 0)

        func deliver(_ record: LogRecord) -> Bool {
            guard accepts.withLock({ $0 }) else { return false }
            records.withLock { $0.append(record) }
            return true
        }

        var summaries: [String] { records.withLock { $0.map(\.summary) } }
    }

    private let epoch = Date(timeIntervalSince1970: 0)

    private func output(_ collector: Collector) -> LogOutput {
        let time = epoch
        return LogOutput(time: { time }) { collector.deliver($0) }
    }

    private func logger(_ output: LogOutput, provider: Logger.MetadataProvider? = nil) -> Logger {
        var log = ServiceLog(label: "detection", level: .info, output: output)
        log.metadataProvider = provider
        return Logger(label: "detection") { _ in log }
    }

    @Test func theNearestMetadataWinsAndTheErrorIsShown() {
        struct Refused: Error, CustomStringConvertible { let description = "refused by contoso" }
        let collector = Collector()
        let output = output(collector)
        var log = ServiceLog(label: "detection", level: .info, output: output)
        log.metadata = ["a": "logger", "b": "logger", "c": "logger"]
        log.metadataProvider = .init { ["b": "task", "c": "task"] }
        log.log(
            event: LogEvent(
                level: .error, message: "sweep failed", error: Refused(), metadata: ["c": "event"], source: nil,
                file: "FleetMonitor/Sweep.swift", function: "run()", line: 7))
        #expect(output.flush())
        #expect(collector.summaries == ["sweep failed a=logger b=task c=event error=\"refused by contoso\""])
        #expect(collector.records.withLock { $0.first?.line } == 7)
        #expect(collector.records.withLock { $0.first?.wall } == epoch)
    }

    @Test func theLevelOfTheConfigurationHolds() {
        let collector = Collector()
        let output = output(collector)
        var logger = logger(output)
        logger.debug("too fine")
        logger.info("fine")
        logger.logLevel = .debug
        logger.debug("now wanted")
        #expect(output.flush())
        #expect(collector.summaries == ["fine", "now wanted"])
    }

    @Test func metadataIsAValue() {
        let collector = Collector()
        let output = output(collector)
        var one = logger(output)
        one[metadataKey: "room"] = "Room 1"
        var two = one
        two[metadataKey: "room"] = "Room 2"
        one.info("x")
        two.info("x")
        #expect(output.flush())
        #expect(collector.summaries == ["x room=\"Room 1\"", "x room=\"Room 2\""])
    }

    @Test func aStalledWriterCostsRecordsNeitherTimeNorMemory() {
        let collector = Collector()
        let time = epoch
        let output = LogOutput(time: { time }) { record in
            if record.message == "stall" { collector.gate.wait() }
            return collector.deliver(record)
        }
        let logger = logger(output)
        logger.info("stall")
        for _ in 0..<(LogOutput.capacity - 1 + 25) { logger.info("x") }
        // Returning at all shows that nobody waited for the writer; the surplus is counted, not kept.
        collector.gate.signal()
        #expect(output.flush(seconds: 60))
        let summaries = collector.summaries
        #expect(summaries.count == LogOutput.capacity + 1)
        #expect(summaries.filter { $0.hasSuffix("lost=25") }.count == 1)
    }

    @Test func aLostRecordIsConfessedOnceTheWayIsOpen() {
        let collector = Collector()
        let output = output(collector)
        let logger = logger(output)
        collector.accepts.withLock { $0 = false }
        logger.info("lost")
        logger.info("lost too")
        #expect(output.flush())
        collector.accepts.withLock { $0 = true }
        logger.info("back")
        logger.info("and well")
        #expect(output.flush())
        #expect(collector.summaries.map { $0.contains("lost=2") } == [false, true, false])
    }

    @Test func flushGivesUpOnAStalledWriter() {
        let collector = Collector()
        let time = epoch
        let output = LogOutput(time: { time }) { _ in
            collector.gate.wait()
            return true
        }
        logger(output).info("stall")
        #expect(!output.flush(seconds: 0.01))
        collector.gate.signal()
    }

    @Test func longLinesPassAPipeWhole() async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let text = String(repeating: "0123456789", count: 4_000) + "\n"
        #expect(LogDestination.write(text, to: ends[1]))
        close(ends[1])
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(ends[0], &chunk, chunk.count), count > 0 { bytes += chunk.prefix(count) }
        close(ends[0])
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test func aClosedDescriptorLosesTheRecordInsteadOfHanging() {
        #expect(!LogDestination.write("x\n", to: -1))
    }
}
