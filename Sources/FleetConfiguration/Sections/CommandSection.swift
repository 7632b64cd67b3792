// `commands`: whether devices may be asked to do something, and how many at once. The bounds keep one mistaken command
// from reaching a fleet.

import FleetCore

extension Reading {
    func commands(_ document: Section) -> CommandConfiguration {
        var commands = CommandConfiguration()
        guard let section = document["commands"]?.section(["enabled", "per_hour", "per_building", "update_in"]) else {
            return commands
        }
        commands.isEnabled = section["enabled"]?.boolean()
        let rules = commands.rules
        commands.rules.perHour = section["per_hour"]?.integer(in: 1...1_000) ?? rules.perHour
        commands.rules.perBuilding = section["per_building"]?.integer(in: 1...50) ?? rules.perBuilding
        commands.rules.updateIn = section["update_in"]?.word(CommandRules.UpdateTimes.self) ?? rules.updateIn
        return commands
    }
}
