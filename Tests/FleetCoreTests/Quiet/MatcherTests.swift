// What people type, what it means, and what it is told when it means nothing.

import FleetCore
import Foundation
import Testing
import Timekeeping

struct MatcherTests {
    static let boardroom = Labels(
        tenant: TenantName("contoso"), building: "B2", floor: "3",
        room: Labels.RoomTexts(
            account: AccountID("3F0B1C52-6F2E"), email: "Room17@contoso.com", name: "Boardroom 17"),
        models: ["G40", "TAP"], condition: .roomOffline, severity: .error)
    static let blind = Labels(tenant: TenantName("contoso"), condition: .tenantBlind, severity: .critical)

    /// matcher ; canonical text ; matches the boardroom ; matches a blind tenant
    static let meanings = #"""
        building="B2"              ; building="B2"              ; yes ; no
        building=B2                ; building="B2"              ; yes ; no
        building = B2              ; building="B2"              ; yes ; no
        building=b2                ; building="b2"              ; no  ; no
        building!=B2               ; building!="B2"             ; no  ; yes
        building=""                ; building=""                ; no  ; yes
        building=                  ; building=""                ; no  ; yes
        building!=""               ; building!=""               ; yes ; no
        building=~"B.*"            ; building=~"B.*"            ; yes ; no
        building=~B                ; building=~"B"              ; no  ; no
        building=~".*"             ; building=~".*"             ; yes ; yes
        building!~"B.*"            ; building!~"B.*"            ; no  ; yes
        building=~B.{1}            ; building=~"B.{1}"          ; yes ; no
        floor=3                    ; floor="3"                  ; yes ; no
        tenant=contoso             ; tenant="contoso"           ; yes ; yes
        condition=room.offline     ; condition="room.offline"   ; yes ; no
        condition=~room\..*        ; condition=~"room\\..*"     ; yes ; no
        condition=~"room\\..*"     ; condition=~"room\\..*"     ; yes ; no
        severity=~"critical|error" ; severity=~"critical|error" ; yes ; yes
        severity!=critical         ; severity!="critical"       ; yes ; no
        room="Boardroom 17"        ; room="Boardroom 17"        ; yes ; no
        room="boardroom 17"        ; room="boardroom 17"        ; no  ; no
        room=room17@contoso.com    ; room="room17@contoso.com"  ; yes ; no
        room=ROOM17@CONTOSO.COM    ; room="ROOM17@CONTOSO.COM"  ; yes ; no
        room=3f0b1c52-6F2E         ; room="3f0b1c52-6F2E"       ; yes ; no
        room!="Boardroom 17"       ; room!="Boardroom 17"       ; no  ; yes
        room!=room17@contoso.com   ; room!="room17@contoso.com" ; no  ; yes
        room!=Kitchen              ; room!="Kitchen"            ; yes ; yes
        room=~"Board.*"            ; room=~"Board.*"            ; yes ; no
        room=~"board.*"            ; room=~"board.*"            ; no  ; no
        room=~"ROOM.*@.*"          ; room=~"ROOM.*@.*"          ; yes ; no
        room!~"Board.*"            ; room!~"Board.*"            ; no  ; yes
        room!~"Kitchen.*"          ; room!~"Kitchen.*"          ; yes ; yes
        room=""                    ; room=""                    ; no  ; yes
        model=G40                  ; model="G40"                ; yes ; no
        model=TAP                  ; model="TAP"                ; yes ; no
        model!=TAP                 ; model!="TAP"               ; no  ; yes
        model!=G50                 ; model!="G50"               ; yes ; yes
        """#

    @Test(arguments: meanings.split(separator: "\n").map(String.init))
    func meaning(_ line: String) throws {
        let cells = line.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        let matcher = try Matcher(parsing: cells[0])
        #expect(matcher.description == cells[1])
        #expect(matcher.matches(Self.boardroom) == (cells[2] == "yes"))
        #expect(matcher.matches(Self.blind) == (cells[3] == "yes"))
        #expect(try Matcher(parsing: matcher.description) == matcher)
    }

    /// The list forms of Alertmanager's documentation, in our labels.
    static let lists = #"""
        {building = "B2", floor != "3", }                 ; {building="B2",floor!="3"}
        building=B2,floor!=3                              ; {building="B2",floor!="3"}
        building=B2, floor!=3                             ; {building="B2",floor!="3"}
        {room="She said: \"Hi, ladies! …\""}              ; {room="She said: \"Hi, ladies! …\""}
        severity=~"e...."                                 ; {severity=~"e...."}
        floor=~~~                                         ; {floor=~"~~"}
        floor==\\=\=\"                                    ; {floor="=\\=\\=\""}
        room != "\"" , model !~ "foo,bar" ,               ; {room!="\"",model!~"foo,bar"}
        {}                                                ; {}
        {building="a}b"}                                  ; {building="a}b"}
        {room=~"B.{3}"}                                   ; {room=~"B.{3}"}
        room=~B.{3}                                       ; {room=~"B.{3}"}
        room="a\nb"                                       ; {room="a\nb"}
        room="a\tb\\"                                     ; {room="a\\tb\\"}
        room=a\                                           ; {room="a\\"}
        """#

    @Test(arguments: lists.split(separator: "\n").map(String.init))
    func list(_ line: String) throws {
        let cells = line.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        let matchers = try Matchers(parsing: cells[0])
        #expect(matchers.description == cells[1])
        #expect(try Matchers(parsing: matchers.description) == matchers)
        let stored = try JSONEncoder().encode([matchers])
        #expect(try JSONDecoder().decode([Matchers].self, from: stored) == [matchers])
    }

    @Test func escapesAreUndone() throws {
        #expect(try Matcher(parsing: #"room="a\nb\"c\\d\te""#).value == "a\nb\"c\\d\\te")
        #expect(try Matcher(parsing: "room=\"a\nb\"").value == "a\nb")
        #expect(try Matchers(parsing: "").all.isEmpty)
    }

    /// text | place | complaint
    static let refusals = #"""
        colour=red               ; 1  ; 'colour' is no label
        Building=B2              ; 1  ; 'Building' is no label
        building=B2,flor=3       ; 13 ; 'flor' is no label
        {invalid-name="x"}       ; 2  ; 'invalid' is no label
        building                 ; 9  ; no operator
        building~B2              ; 9  ; no operator
        building!B2              ; 9  ; no operator
        ="B2"                    ; 1  ; a label is expected
        building=B2,,floor=3     ; 13 ; a label is expected
        ,building=B2             ; 1  ; a label is expected
        "building=\"B2\""        ; 1  ; a label is expected
        building="B2             ; 10 ; never closed
        building=B2"             ; 12 ; a quote stands
        building=B"2             ; 11 ; a quote stands
        building="B"2"           ; 12 ; a quote stands
        {building="B2"           ; 1  ; never closed
        {                        ; 1  ; never closed
        {building=B2}}x          ; 1  ; never closed
        {floor=3,room=~"B[oard"} ; 16 ; at character 2 of the pattern
        room=~"(?=x)"            ; 7  ; look-ahead
        """#

    @Test(arguments: refusals.split(separator: "\n").map(String.init))
    func refuses(_ line: String) throws {
        let cells = line.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        let error = #expect(throws: MatcherError.self) { _ = try Matchers(parsing: cells[0]) }
        #expect(error.map(\.place) == Int(cells[1]), "\(error.map(\.description) ?? "-")")
        #expect(error?.complaint.contains(cells[2]) == true, "\(error?.complaint ?? "-")")
        #expect(error?.remedy.isEmpty == false)
    }

    /// A Mac writes é as two scalars and Places as one; both are the same building to whoever types it.
    @Test func equalityIsThatOfTheReader() throws {
        var cafe = Self.boardroom
        cafe.building = "Caf\u{E9}"
        #expect(try Matcher(parsing: "building=Cafe\u{301}").matches(cafe))
        #expect(try !Matcher(parsing: "building=~Cafe\u{301}").matches(cafe))
    }

    @Test func boundsAreNamed() {
        let many = Array(repeating: "floor=3", count: Matchers.maximumCount + 1).joined(separator: ",")
        #expect(throws: MatcherError.self) { _ = try Matchers(parsing: many) }
        #expect(throws: MatcherError.self) {
            _ = try Matchers(parsing: String(repeating: " ", count: Matchers.maximumTextLength + 1))
        }
        #expect(throws: MatcherError.self) { _ = try Matcher(.room, .equal, String(repeating: "a", count: 501)) }
    }

    /// A silence on one room must not hide that its building is dark; one on the building must.
    @Test func anIncidentIsMatchedWhenAllItsRoomsAre() throws {
        var other = Self.boardroom
        other.room?.name = "Kitchen"
        other.room?.email = "kitchen@contoso.com"
        other.room?.account = AccountID("2")
        let both = [Self.boardroom, other]
        #expect(try !Matchers(parsing: "room=Kitchen").matches(everyOf: both))
        #expect(try Matchers(parsing: "building=B2").matches(everyOf: both))
        #expect(try Matchers(parsing: "room=~\"Kitchen|Board.*\"").matches(everyOf: both))
        other.building = "B3"
        #expect(try !Matchers(parsing: "building=B2").matches(everyOf: [Self.boardroom, other]))
        #expect(try !Matchers(parsing: "building=B2").matches(everyOf: []), "nothing is not everything")
    }

    @Test func labelsOfAnIncidentNameEachRoomAndItsModels() throws {
        let room = Room(
            account: AccountID("1"), name: "Room 1", email: "room1@contoso.com", building: "B1", floor: "2",
            reason: .licence,
            devices: [RoomDevice(id: "d", kind: .teamsRoom, model: "G40"), RoomDevice(id: "e", kind: .panel)])
        let tenant = TenantName("contoso")
        let incident = Incident(
            id: UniqueID(stored: "01"),
            key: DedupKey(tenant: tenant, condition: .roomOffline, subject: .room(room.account)),
            condition: .roomOffline, tenant: tenant, severity: .warning,
            scope: Incident.Scope(kind: .room, id: "1", name: "Room 1"), rooms: [Incident.RoomReference(room)],
            cause: .unknown, summary: "", firstBadAt: at(0).wall, lastGoodAt: nil, openedAt: at(0).wall, evidence: [])
        let expected = Labels(room, of: tenant, condition: .roomOffline, severity: .warning)
        #expect(Labels.of(incident) { $0 == room.account ? room : nil } == [expected])
        #expect(expected.models == ["G40"])
        var alone = incident
        alone.name([])
        #expect(
            Labels.of(alone) { _ in nil } == [Labels(tenant: tenant, condition: .roomOffline, severity: .warning)])
    }

    /// Whatever is typed is read or refused at a place; what is read means the same after it is written and read again.
    @Test func anyTextIsReadOrRefused() throws {
        var dice = SeededGenerator(seed: 3)
        let pieces = [
            "building", "room", "model", "x", "=", "!=", "=~", "!~", "\"", "\\", "n", ",", "{", "}", " ", "B2", ".*",
            "(", "é",
            "\n", "=\"", "\",", "room=", "floor=~\"3\"",
        ]
        var read = 0
        for _ in 0..<30_000 {
            let text = (0..<Int.random(in: 0...9, using: &dice)).map { _ in pieces.randomElement(using: &dice) ?? "" }
                .joined()
            do throws(MatcherError) {
                let matchers = try Matchers(parsing: text)
                if !matchers.all.isEmpty { read += 1 }
                let again = try Matchers(parsing: matchers.description)
                #expect(again == matchers, "\(text)")
                for matcher in matchers.all {
                    let opposite: Matcher.Operator =
                        switch matcher.comparison {
                        case .equal: .notEqual
                        case .notEqual: .equal
                        case .matches: .doesNotMatch
                        case .doesNotMatch: .matches
                        }
                    let other = try Matcher(matcher.label, opposite, matcher.value)
                    #expect(matcher.matches(Self.boardroom) != other.matches(Self.boardroom), "\(text)")
                }
            } catch {
                #expect((1...(text.unicodeScalars.count + 1)).contains(error.place), "\(text): \(error)")
            }
        }
        #expect(read > 300)
    }
}
