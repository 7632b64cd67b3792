// Many devices that lose the same thing at about the same time share a cause: an update that broke their model, a version
// that cannot speak to a camera. The rule sees the losses and what the devices have in common, and remembers nothing.

import struct Foundation.Date
import Timekeeping

/// What devices have in common that lost the same thing.
public struct DeviceCohort: Sendable, Hashable, Codable {
    public enum Basis: Sendable, Hashable, Codable {
        /// Manufacturer and model.
        case model(String)
        case version(SoftwareKind, String)

        /// `Acme Bar 20`, `Teams app 5.1.2`.
        public var name: String {
            switch self {
            case .model(let name): name
            case .version(let kind, let version): "\(kind.name) \(version)"
            }
        }
    }

    public var basis: Basis
    public var problem: DeviceProblem

    public init(_ basis: Basis, _ problem: DeviceProblem) {
        self.basis = basis
        self.problem = problem
    }

    /// The last part of a dedup key: `model/Acme Bar 20/peripheral: microphone`.
    public var text: String {
        switch basis {
        case .model(let name): "model/\(name)/\(problem.text)"
        case .version(let kind, let version): "version/\(kind.rawValue) \(version)/\(problem.text)"
        }
    }

    /// What a device may share with others that lose the same thing, the model first.
    static func all(of device: RoomDevice, _ report: DeviceHealthReport?, problem: DeviceProblem) -> [DeviceCohort] {
        // Who is signed in is never the doing of a model.
        guard problem != .unexpectedUser else { return [] }
        var found: [DeviceCohort] = []
        if device.model != nil { found.append(DeviceCohort(.model(device.title), problem)) }
        for software in report?.software ?? [] {
            if let version = software.current { found.append(DeviceCohort(.version(software.kind, version), problem)) }
        }
        return found
    }
}

/// A device that lost something, as far as sharing a cause is concerned.
struct DeviceLoss: Sendable, Hashable {
    var device: String
    var problem: DeviceProblem
    var cohorts: [DeviceCohort]
    /// Since when, by Graph's date where it gives one.
    var onset: Date
    var isConfirmed: Bool
}

/// Devices that share a cause.
struct CommonLoss: Sendable, Hashable {
    var cohort: DeviceCohort
    var losses: [DeviceLoss]
    /// Whether fewer than half of those that share it are concerned.
    var isPartial: Bool
    /// Whether so many of them are confirmed that it may be told; until then they only wait for one another.
    var isCertain: Bool
}

enum CommonLossRule {
    /// Finds who shares a cause (Detection, Devices).
    ///
    /// - Parameters:
    ///   - losses: what devices lost that nothing else explains, confirmed and suspected.
    ///   - population: how many devices of rooms share what a cohort shares.
    static func common(among losses: [DeviceLoss], population: (DeviceCohort) -> Int) -> [CommonLoss] {
        var left = losses
        var found: [CommonLoss] = []
        while let best = best(among: left, population: population) {
            found.append(best)
            let taken = Set(best.losses)
            left.removeAll(where: taken.contains)
        }
        return found
    }

    /// The cohort that explains most losses; of equals the model, which people know, and then the smallest.
    private static func best(among losses: [DeviceLoss], population: (DeviceCohort) -> Int) -> CommonLoss? {
        guard losses.count >= DeviceRules.commonCount else { return nil }
        var groups: [DeviceCohort: [DeviceLoss]] = [:]
        for loss in losses { for cohort in loss.cohorts { groups[cohort, default: []].append(loss) } }
        var best: (loss: CommonLoss, population: Int)?
        for (cohort, all) in groups.sorted(by: { $0.key.text < $1.key.text }) {
            let together = together(all)
            guard together.count >= DeviceRules.commonCount else { continue }
            let population = population(cohort)
            let isPartial = together.count * 2 < population
            // Nearly everybody has the newest version, so that some of them lost something says nothing about it.
            if isPartial, case .version = cohort.basis { continue }
            let loss = CommonLoss(
                cohort: cohort, losses: together, isPartial: isPartial,
                isCertain: together.count(where: \.isConfirmed) >= DeviceRules.commonConfirmed)
            guard let known = best else {
                best = (loss, population)
                continue
            }
            if loss.losses.count > known.loss.losses.count
                || (loss.losses.count == known.loss.losses.count && !known.loss.cohort.isModel
                    && (cohort.isModel || population < known.population))
            {
                best = (loss, population)
            }
        }
        return best?.loss
    }

    /// The largest group whose onsets lie within the window.
    private static func together(_ losses: [DeviceLoss]) -> [DeviceLoss] {
        let sorted = losses.sorted { ($0.onset, $0.device) < ($1.onset, $1.device) }
        var first = 0
        var best = 0..<0
        for last in sorted.indices {
            while sorted[last].onset.timeIntervalSince(sorted[first].onset) > DeviceRules.commonWindow.seconds {
                first += 1
            }
            if last + 1 - first > best.count { best = first..<(last + 1) }
        }
        return Array(sorted[best])
    }
}

extension DeviceCohort {
    fileprivate var isModel: Bool { if case .model = basis { true } else { false } }
}
