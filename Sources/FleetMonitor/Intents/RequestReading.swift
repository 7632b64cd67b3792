// From what people write to the words of the core, and who may see and touch what.

import FleetAPI
import FleetCore

extension SilenceRequest {
    /// The matchers, narrowed to the asker's tenant.
    func readMatchers(for asker: Asker) throws(Refusal) -> Matchers {
        var all: [Matcher] = []
        for text in matchers {
            do throws(MatcherError) {
                all += try Matchers(parsing: text).all
            } catch {
                throw Refusal(
                    .invalid, "the matcher \(text) cannot be read: \(error)",
                    remedy: "write it as label=\"value\" with one of "
                        + Label.allCases.map(\.rawValue).joined(separator: ", "))
            }
        }
        do throws(MatcherError) {
            if let bound = asker.tenant, !all.isEmpty { all.append(try Matcher(.tenant, .equal, bound)) }
            return try Matchers(all)
        } catch {
            throw Refusal(.invalid, "the matchers cannot be used: \(error)", remedy: "use fewer and shorter ones")
        }
    }
}

extension WindowRequest {
    func check() throws(Refusal) {
        let letters = name.filter { !$0.isWhitespace }
        guard !letters.isEmpty, name.unicodeScalars.count <= Self.maximumNameLength else {
            throw Refusal(
                .invalid, "the window needs a name of at most \(Self.maximumNameLength) characters",
                remedy: "say in two words what is done, such as \"air conditioning B2\"")
        }
        guard author.map({ $0.unicodeScalars.count <= Silence.maximumAuthorLength }) ?? true,
            reason.unicodeScalars.count <= Silence.maximumReasonLength
        else {
            throw Refusal(.invalid, "the author or the reason is too long", remedy: "shorten it")
        }
        let lists = [tenants, buildings, floors, rooms].compactMap(\.self)
        guard !lists.isEmpty, lists.allSatisfy({ !$0.isEmpty && $0.count <= Self.maximumPlaces }) else {
            throw Refusal(
                .invalid, "the window does not say which rooms it is about",
                remedy: "give tenants, buildings, floors or rooms, each with 1 to \(Self.maximumPlaces) entries")
        }
        guard floors == nil || buildings != nil else {
            throw Refusal(.invalid, "a floor is given without its building", remedy: "give buildings as well")
        }
    }
}

extension Silence {
    /// Whether it can hide anything of the asker's tenant.
    func isSeen(by asker: Asker) -> Bool {
        guard let bound = asker.tenant else { return true }
        let labels = Labels(tenant: TenantName(bound), condition: .roomOffline, severity: .warning)
        return matchers.all.filter { $0.label == .tenant }.allSatisfy { $0.matches(labels) }
    }

    /// Whether it hides nothing of anybody else.
    func belongs(to asker: Asker) -> Bool {
        guard let bound = asker.tenant else { return true }
        return matchers.all.contains { $0.label == .tenant && $0.comparison == .equal && $0.value == bound }
    }
}

extension PlaceMatch {
    func isSeen(by asker: Asker) -> Bool {
        guard let bound = asker.tenant, let tenants else { return true }
        return tenants.contains(TenantName(bound))
    }

    func belongs(to asker: Asker) -> Bool {
        guard let bound = asker.tenant else { return true }
        return tenants == [TenantName(bound)]
    }
}
