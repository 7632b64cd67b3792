// Copies for people: who gets one, how many at a time, and what becomes of one that nobody takes.

import FleetSimulation
import FleetAPI
import FleetCore
@testable import FleetMonitor
import FleetStore
import Foundation
import Testing
import Timekeeping

@Suite struct BackupIntentsTests {
    /// What a stage's intents are asked for through one object, as the daemon's are.
    private func backup(
        _ intents: LedgerIntents, on stage: Stage, for asker: Asker = .anna
    ) throws(Refusal) -> any BackupStream {
        let result: Result<any BackupStream, Refusal> = stage.perform {
            do throws(Refusal) {
                return .success(try await intents.backup(for: asker))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func refusal(_ intents: LedgerIntents, on stage: Stage, for asker: Asker = .anna) -> Refusal? {
        do throws(Refusal) {
            _ = try backup(intents, on: stage, for: asker)
            return nil
        } catch {
            return error
        }
    }

    private func read(_ stream: any BackupStream, on stage: Stage) -> [UInt8]? {
        stage.perform { try? await stream.next() }
    }

    @Test func aCopyIsAuditedAndTheCopyKnowsIt() throws {
        let stage = try Stage()
        let stream = try backup(stage.intents, on: stage)
        var bytes: [UInt8] = []
        while let piece = read(stream, on: stage), !piece.isEmpty { bytes += piece }
        #expect(bytes.count == stream.bytes)
        #expect(bytes.starts(with: Array("SQLite format 3".utf8)))
        #expect(try stage.audited().last == "store.backup anna unix")
        #expect(stream.newest == Timestamp(try #require(try stage.store.audit().first).at))
    }

    @Test func aTokenThatIsBoundToATenantGetsNone() throws {
        let stage = try Stage()
        let before = try stage.audited()
        #expect(refusal(stage.intents, on: stage, for: .bound)?.kind == .forbidden)
        #expect(try stage.audited() == before)
    }

    @Test func thereIsOneAtATime() throws {
        let stage = try Stage()
        let intents = stage.intents
        let first = try backup(intents, on: stage)
        let second = refusal(intents, on: stage)
        #expect(second?.kind == .conflict)
        #expect(second?.detail.contains("anna") == true)
        _ = first
    }

    @Test func thePlaceIsFreeWhenTheListenerIsGone() throws {
        let stage = try Stage()
        let intents = stage.intents
        do { _ = try backup(intents, on: stage) }
        #expect(refusal(intents, on: stage) == nil)
    }

    @Test func aCopyThatNobodyTakesGivesItsPlaceAway() throws {
        let stage = try Stage()
        let intents = stage.intents
        let first = try backup(intents, on: stage)
        stage.run(for: Backups.patience)
        let second = try backup(intents, on: stage)
        #expect(read(first, on: stage) == nil)
        #expect(read(second, on: stage)?.isEmpty == false)
    }

    @Test func aCopyThatTookLongIsNotGivenUpBeforeItsFirstByte() throws {
        let stage = try Stage()
        let backups = Backups(store: stage.store, executor: stage.jobs.serialExecutor(), time: stage.time)
        let time = stage.time
        let result: Result<any BackupStream, Refusal> = stage.perform {
            do throws(Refusal) {
                return .success(
                    try await backups.copy(for: .anna) { () async throws(Refusal) in
                        // The disk is slow.
                        _ = time.step(upTo: time.now().advanced(by: Backups.patience))
                    })
            } catch {
                return .failure(error)
            }
        }
        let first = try result.get()
        let second: Refusal? = stage.perform {
            do throws(Refusal) {
                _ = try await backups.copy(for: .anna) { () async throws(Refusal) in }
                return nil
            } catch {
                return error
            }
        }
        #expect(second?.kind == .conflict)
        #expect(read(first, on: stage)?.isEmpty == false)
    }
}
