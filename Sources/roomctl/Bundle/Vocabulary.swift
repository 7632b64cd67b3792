// The words that roomwatchd, systemd and libcurl speak with. A word of a log line or a message that is not one of them may
// be the name of a room, a person or a machine, and does not get into a bundle. A new message whose words are missing here
// is masked, which is the harmless side to err on.

enum Vocabulary {
    /// In lower case.
    static let words = Set(text.split(whereSeparator: \.isWhitespace).map(String.init))

    private static let text = """
        a aa able about above absences absent absolute ac accept acceptance accepted accepts access account accounts
        acknowledge acknowledged acknowledgedat acknowledgedby acknowledgedseverity acted action active activity
        activityfeed actor add added address addresses admin ae af after again against age agent ago agrees ahead ail
        air alarm alert alertmanager alerts alias aliases alive all allcases allow allowed allows alnum alone alpha
        already also alternatives although an ancestors anchor and anew announced another answer answered answers any
        anybody anything anyway apart api app application applications are arguments around array as ascii aside ask
        asked asker asks assertion assets assign assignedlicense assignedlicenses assignment at attachment attempt
        attempted attempts audio audit auditlog auth author authorization auto availability available availableidle
        availableinactive away back backlog backslash backup backwards bad bar bare base basic batch be bearer became
        because been bef before begin beginning begins begun behind being believe believed belong belongs below
        berightback beside between beyond billing bits blank blanks blind blips block blocks body bookable booked
        booking bookings both bound braced braces brackets breaks broader broken bucket budget bug building buildings
        built burst busy busyidle but by bytes ca cache calendar calendars call called caller callrecord callrecordlist
        callrecords calls can cancel cancelled cannot capabilities capability capacity carried carries carry case cause
        cde centre certificate certificates change changed changes channel character characters chat check checked
        checking checkpoint checks chinacloudapi chmod choices choose chown circle class clear client climbs clock close
        closed closes closing cloud cntrl code codes cold collaboration collaborationbar color column com come comes
        coming commands commas comment comments commit commits committed committing common communications compared
        complete completed condition conditional conditioning conferencing config configuration configure configured
        confirmed conflict connect connected connection connections consent consistencylevel consumed consumers contact
        content continue continues contract contradicts control convert coordinated copy copying core correct corrected
        correlation corrupt could count counter counts covers create created credential credentials credstore critical
        cstring curl cursor cut daemon daily damaged dark dash data database date datetimetimezone day days deactivated
        dead decided decision decrypted dedup deep default defect define degraded delete deleted deleting delivered
        deliveries delivery deltalink deny description descriptors detail detected detection device devices devicetype
        did died digest digit digits direct directory disabled disconnected disk distribution disturb do doctor document
        dod does domain done donotdisturb dot dots down drawn drop drops due dumped duplicate duration dwell ea each
        eams earlier ede edit editor ee effect ehlo else elsewhere email empty enable enabled encoded encrypted end
        ended ending endpoint endpoints ends endsat enough enqueue entered entra entries entry environment eof eq
        errands errno error errorinvaliduser errormailboxmoveinprogress errornonexistentmailbox escalate escalates
        escalation escape etc event events eventual every everybody everything evidence exactly examination example
        examples excess exchange exclamation exclude excluded exclusive exist exists exit expect expected expire expired
        expires expiry explain explanation external fac failed fails failure failures fall fallback fallbacks falls
        false falsepositive far fault faulty fduplicate fed federated feff fell few fewer field fields file filename
        files filter find findings finds finishing fired firewall firing firings first firstbadafter firstbadat fit fix
        flappenalty flapping fleet flight floor floors focusing folder folding follow followed follows for forbidden
        force foreign forgets forgetting form format formatted found fraction fragment frame free freebusyerror freelist
        fri from full fullest further furtherrooms gap gaps gauge gave general get getpresencesbyuserid getschedule
        getting give given gives giving gmt go goes going gone good got grant granted grants graph group grouping groups
        guid had hand handshake hang hanging hangs happened happens has hash have header headers health healthy healthz
        hear heard hears heartbeat helo help here hex hexadecimal hide hierarchy higher hold holds holidays host hour
        hours housekeeping how http httponly https hub hung hyphen i icrosoft id identifier identities identity ids ietf
        if important in inacall inaconferencecall inactive inameeting incident incidents include incoming incomplete
        incremental indentation indented indirect inf inherited inhibited initialised innererror insert inside install
        installed instant instead insufficient int integration integrity intended internal into invalid inventory
        investigationsuspended io ipphone ipv is isblind isflapping isfrozen iso isresolved issecure issued issuer
        issues it its itself joined journal journalctl json judge judged just keep keeping keeps kept kernel key keys
        kib killed kind kinds know known knows label labels lack lacks lane large larger last lastgoodat lasting lasts
        late lately later lead leads least leave led left length lertmanager less let letter level levels lib libcurl
        licence licences licenseassignment licensed like limit limited limits line linear lines link links linter list
        listed listen listening listens listenstream listing lists live lives loadcredential loaded loading local
        localhost lock locked locking log logged logger login logs lone long longer look looked looking loop loopback
        loops lost lowcostphone lower machine made mail mailboxes mailboxnotenabledforrestapi
        mailboxnotsupportedforrestapi mails main maintenance make making malformed managed many map mark marked marks
        masked match matched matcher matchers matches max may mb mean meaning meant meanwhile measuring media meeting
        meetings memory mended merge merged message messages method metrics microsoft microsoftgraph microsoftonline
        middle min minute minutes missing mitigated mitigatedexternal mode model moment mon monitor monitored monitoring
        monotonic more most move moved moves moving ms much multi must mute name named names nan ndata need needed needs
        neither nested network never new newer newest next nextlink nid night nightly no noaudioconf nobody nocrypt
        noerror none nonisv nonurgent nor nosniff not noteworthy nothing notice notices notification notifications
        notify notifyaccess now nowhere ntp null number oauth object objects observability observations observed
        observedat octet odata of off offer offered offers offline offwork often ok old older oldest on oncall once one
        ones online only onset oof open openapi opened openedat opening opens openssl operation operator optional
        options or order org organization organizations origin other otherwise out outage outages outbox outcome
        outdated outlook outside over overdue overnight own owner package packets page paged pagerduty pages pairs
        panels parameter parameters params part partial particular partly partner pass passed password path pattern
        patterns peer pem penalty pending people percent peripherals permission permissions person phase phones pipe
        place placeholder places plain plan planned plans please points policy poll port postincidentreviewpublished
        posts power pragma prefer prefix prem presence present presenting preview previous principal print priority
        private pro problem problems proc process products program property proved proxy pstncalls publish punct put
        putting query question queue quick quiet quit quote quotes raise raises ram ran range rawvalue rbac re reach
        reachable reached reaches read readable readbasic reading reads readwrite ready readyz really realm reason
        reasons receiver receivers recent recipient recipients recognised record recording records recovering recovery
        redirect references referrer refresh refreshed refusal refused refuses registered registration registrations
        regular rehearsing rejected relative release released reload reloaded reloading remark remedy reminded remove
        removed renamed renewed reopened reopenedcount repair repeat repeated repeating repeats repetition repetitions
        replace replaced replacing replica report reports repr request requests required reserved reset resolution
        resolve resolved resolvedat resolvedexternal resolves resource resourcenotfound response responses rest restart
        restarted restarts restore restored restoring result resyncrequired retention retired retry retrying return
        revision right role room roomctl rooms roomwatch roomwatchd root round rounded route routes routing row rows rsa
        rule run runbook running runs runtime said same samesite sample sandbox sat save saving say says schedule
        scheduled scheduleinformation scheduleitem schema scheme scope script seats second seconds secret secrets
        section security see seeing seems seen segment select self send sent sentence separated separator seq
        sequencenumber series serve server service serviceannouncement servicehealth servicehealthissue
        serviceoperational servicerestored session sessions set sets settled several severe severities severity sha
        share shared shares shipped short shorten shorter should show shown shows showsall shrunk shut siblings side
        sighup sigkill sign signal signed signing sigterm silence silenced silences silent since single sip sipanalog
        size skipped skuid skupartnumber slack slow slower smart smtp smtps so sock socket sockets some somebody
        something soon sorted sound source space spaces speak speaks spell spelling spent split spoke sqlite ssl stable
        stale stall stalled stand standard standing stands start started starting starts startsat starttls state states
        status statuses stay stays step steps still stop stopped stopping stops store stored streak stream streams
        strerror strict string strong style subject subscribedsku subscribedskus substate succeeded successful such sudo
        suffice sum summary sun supported supports suppressed suppression suppressions surface surfacehub suspect
        suspected swap sweep sweeps swept switch switched synchronized synchronous syncstatenotfound synthetic syscall
        syslog system systemctl systemd tab table tag take taken takes teams teamsdisplay teamspanel teamsroom teamwork
        teamworkconnection teamworkdevice teamworkdevicehealth teamworkhardwaredetail teamworkuseridentity telephony
        tell tells temporarily ten tenant tenants tentative terminal terminate terminates test text than that the their
        them themselves then there these they third this those throttle throttled throttles throttling through thu ticks
        time timed timedatectl timeout timer times timezone title tls to token tokens told too took top topk total
        touchconsole trace track traffic trail transaction transactions transfer transfers transition transitions
        transport travel tried tries triggered trouble true trusted try trying tue turn twice two type types uid unable
        unanswered unauthorized unavailable unconfirmed under underscore understood unexpected unit units universal unix
        unkept unknown unknownerror unless unmask unreachable unreached unreadable unseen unsent unsupported until
        untold unusable up update updated upgrade upgraded upgrading upload upper urgentinterruptionsonly uri url
        urlencoded urls urn us usable use usec used user users uses usgov utc utf uty vacuum valid value values vanished
        var verify version versions very vip voice wait waited waiting waits wal wall wants warned warning warnings was
        watchdog watched watcher watches watching way weak webhook webhooks wed weekly well went were what when where
        whether which while who whoever whole whose why will window windows with withdrawn within without witness wonder
        word words workflow workingelsewhere workload would writable write writes writing written wrong wrote xdigit
        yaml yes yet you your yyyy zeros zone
        """
}
