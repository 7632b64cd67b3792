// Key pairs made once with openssl for these tests alone, valid until 2126; they open nothing.

enum CertificateFixture {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIDLTCCAhWgAwIBAgIUPkaoRExO3wq2YL7ERT+9ZZlzb84wDQYJKoZIhvcNAQEL
        BQAwJTEjMCEGA1UEAwwacm9vbXdhdGNoLXRlc3QuY29udG9zby5jb20wIBcNMjYx
        MTIxMDYxNTUzWhgPMjEyNjEwMjgwNjE1NTNaMCUxIzAhBgNVBAMMGnJvb213YXRj
        aC10ZXN0LmNvbnRvc28uY29tMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKC
        AQEAyGI93UJB+L9nCHym3zeVZLPPY3NOMMaMpQuW3qQwbFmzOkH8DAcHee3UDaBt
        XYTN+w3Ig17IHig3k0BpmD+hgVah/W0PD6uIMODgeL0qLGWsAacioC+3PWnpaqSm
        e/DPHTfGlgSNzMw48badguv2M2/h3++nfCzxYHDJPVCb6jCVAfiF55qHCcu1gxRt
        OVKn9JwrzzBH4UIiODQb8SYGxX0lzgSrA2rHzlcRnbSS+0LrDHhKK34ibcnDrrbd
        KZvIYblzv8Ly+Qk4RoQLiyl5lp9rh5PASkHfES/zRGD0uHzg3yAJ8LXZRttzPiz4
        VH03wacV9yVVspY8MScyFCVxYwIDAQABo1MwUTAdBgNVHQ4EFgQUmDSbzxmFoTJD
        /B8I/9Aal45FqrowHwYDVR0jBBgwFoAUmDSbzxmFoTJD/B8I/9Aal45FqrowDwYD
        VR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOCAQEAL4jeat7k68vHfI9eRVdh
        fJWau1VULlXrmRiwhH0BnYWRRJNABzIz2jKFuLnVpgyI/egKZp1pJEiM8nZNqYxO
        JgmicHrcZXJjiF0N5IFe1SJBSIcbKtURB2I2EqVcymosFN584w9lE/PIhjOdhYkR
        O7fNS/RBR3VMPagW0lAkd584f4pLXJN3+MIDsjJPtqdwnGPtD2eaCfnKujI0ywnZ
        8In9EeIX71Fau7OUUg0lB4DxYOqErj8W97fup9n0QO20V8Ni7hsm5DW2P1IBZk76
        wO/CP+H14AVMQDqBA5fqrUrB4D4kyTKyYc4fpCyms4EvoTTVRjCo6cv/7wsHWmOD
        xQ==
        -----END CERTIFICATE-----
        """

    static let keyPKCS8 = """
        -----BEGIN PRIVATE KEY-----
        MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDIYj3dQkH4v2cI
        fKbfN5Vks89jc04wxoylC5bepDBsWbM6QfwMBwd57dQNoG1dhM37DciDXsgeKDeT
        QGmYP6GBVqH9bQ8Pq4gw4OB4vSosZawBpyKgL7c9aelqpKZ78M8dN8aWBI3MzDjx
        tp2C6/Yzb+Hf76d8LPFgcMk9UJvqMJUB+IXnmocJy7WDFG05Uqf0nCvPMEfhQiI4
        NBvxJgbFfSXOBKsDasfOVxGdtJL7QusMeEorfiJtycOutt0pm8hhuXO/wvL5CThG
        hAuLKXmWn2uHk8BKQd8RL/NEYPS4fODfIAnwtdlG23M+LPhUfTfBpxX3JVWyljwx
        JzIUJXFjAgMBAAECggEAAfClja9XCSv9OOFQEkgs+5kcEGfs4V8CvJRUpRos19e0
        ewNph8pHocASNgGQHYAsKFqVTuRLhrM3+oZ8nzs6epCWp+f25d1wx5xdv/2A24Yu
        eKOgG7Hqkb8lQeGPNRL7RlqkYw5vOwTdJkXw13QmYZAbPTpKQlMDET52TFAr+kPy
        uy++nfEKLSc1JJw3DBxEys2ACLrxl9oLmBmfTcg+5Fki1OyVo1lojBvTXyCess/P
        Cfegmz4rU13zZLgxdyPJtXEPKd1SyFnokrs+vQ8/tMo6NP8YCW8jyanyqZ2eZh5h
        FWmXeA6dXmL3gD0TeXNEBslg84FW/DVF6Yo+dEECIQKBgQD+JeTQG22gIatQj0y1
        wOodwuTVs7H1/4hwrpiPggSU7eeRaEAVpzgWje06xvOIRxNU9i0YRLkPwaf3HZII
        wayktHQ7a9zivoQb2PU4VJDymvitNcxDPijn4o1AXIG2m8NHBEljrKaH4QjbjlrH
        NbEbS8X+T6PIxu0O1/Wm0KW9oQKBgQDJ2A1VftkiisVLAIvwoaLhUHalS7d7UdVa
        VHbfLvWZJG752GLrU02QkFnpA4rYf+8XfRxc7E6graJma8nF8tOQHe5un/UiUG6M
        IceGOtZaLrd9EbVRqcguvPbkTgmZziNt9gB0x/W6THh2hQW/7+XxRLHKb+lyeWAZ
        2wwGHsxogwKBgQC1VAYQMTGjKcKYRNW/a/fd6hrpGj+ju4D2nKu+4E4ykBdDWLU4
        fcl31iVnZWGGXue9G7OK+CVtx4b2ukNiOgTasuGnL8s2gCWz1LUJTtToM4ev1Y16
        gJQg9jQ/soDd7/6A4d8W3a0nj3iJZeUA8x780bBfRSUfcEbc61qafY1zYQKBgQCb
        fTpYYE15FJoDuzoSdxH4rHmZwIhqEZJf8a1ZJN3ByZVMFuutCRE5iloY7MerHHLd
        D14oH0o68UenyuU2/mcIIGarBcJbWsauYN9Jgk3aTx6+1ENv03EIwD0ZhxxSRcB5
        Vwbm75tWls49zx+symvCvv6PSkL2EpZ7lIjgth0VbQKBgGARe2B+T4G+Zk6HRwVX
        8LsuDrSREgYR0mgAeX+vof0ykmUsMEHcNcYh1/pA8DnZkUjdNZoowCs1VXymdvYe
        IrY6yLtLLQPcSUvt66gfcv5b3s0XP22yrmK3XsSGP7yVRrO4yreA3bBdHzSpw97a
        m4TRGLaw0Dv3kGUioF2IroLe
        -----END PRIVATE KEY-----
        """

    static let keyPKCS1 = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEpAIBAAKCAQEAyGI93UJB+L9nCHym3zeVZLPPY3NOMMaMpQuW3qQwbFmzOkH8
        DAcHee3UDaBtXYTN+w3Ig17IHig3k0BpmD+hgVah/W0PD6uIMODgeL0qLGWsAaci
        oC+3PWnpaqSme/DPHTfGlgSNzMw48badguv2M2/h3++nfCzxYHDJPVCb6jCVAfiF
        55qHCcu1gxRtOVKn9JwrzzBH4UIiODQb8SYGxX0lzgSrA2rHzlcRnbSS+0LrDHhK
        K34ibcnDrrbdKZvIYblzv8Ly+Qk4RoQLiyl5lp9rh5PASkHfES/zRGD0uHzg3yAJ
        8LXZRttzPiz4VH03wacV9yVVspY8MScyFCVxYwIDAQABAoIBAAHwpY2vVwkr/Tjh
        UBJILPuZHBBn7OFfAryUVKUaLNfXtHsDaYfKR6HAEjYBkB2ALChalU7kS4azN/qG
        fJ87OnqQlqfn9uXdcMecXb/9gNuGLnijoBux6pG/JUHhjzUS+0ZapGMObzsE3SZF
        8Nd0JmGQGz06SkJTAxE+dkxQK/pD8rsvvp3xCi0nNSScNwwcRMrNgAi68ZfaC5gZ
        n03IPuRZItTslaNZaIwb018gnrLPzwn3oJs+K1Nd82S4MXcjybVxDyndUshZ6JK7
        Pr0PP7TKOjT/GAlvI8mp8qmdnmYeYRVpl3gOnV5i94A9E3lzRAbJYPOBVvw1RemK
        PnRBAiECgYEA/iXk0BttoCGrUI9MtcDqHcLk1bOx9f+IcK6Yj4IElO3nkWhAFac4
        Fo3tOsbziEcTVPYtGES5D8Gn9x2SCMGspLR0O2vc4r6EG9j1OFSQ8pr4rTXMQz4o
        5+KNQFyBtpvDRwRJY6ymh+EI245axzWxG0vF/k+jyMbtDtf1ptClvaECgYEAydgN
        VX7ZIorFSwCL8KGi4VB2pUu3e1HVWlR23y71mSRu+dhi61NNkJBZ6QOK2H/vF30c
        XOxOoK2iZmvJxfLTkB3ubp/1IlBujCHHhjrWWi63fRG1UanILrz25E4Jmc4jbfYA
        dMf1ukx4doUFv+/l8USxym/pcnlgGdsMBh7MaIMCgYEAtVQGEDExoynCmETVv2v3
        3eoa6Ro/o7uA9pyrvuBOMpAXQ1i1OH3Jd9YlZ2Vhhl7nvRuzivglbceG9rpDYjoE
        2rLhpy/LNoAls9S1CU7U6DOHr9WNeoCUIPY0P7KA3e/+gOHfFt2tJ494iWXlAPMe
        /NGwX0UlH3BG3Otamn2Nc2ECgYEAm306WGBNeRSaA7s6EncR+Kx5mcCIahGSX/Gt
        WSTdwcmVTBbrrQkROYpaGOzHqxxy3Q9eKB9KOvFHp8rlNv5nCCBmqwXCW1rGrmDf
        SYJN2k8evtRDb9NxCMA9GYccUkXAeVcG5u+bVpbOPc8frMprwr7+j0pC9hKWe5SI
        4LYdFW0CgYBgEXtgfk+BvmZOh0cFV/C7Lg60kRIGEdJoAHl/r6H9MpJlLDBB3DXG
        Idf6QPA52ZFI3TWaKMArNVV8pnb2HiK2Osi7Sy0D3ElL7euoH3L+W97NFz9tsq5i
        t17Ehj+8lUazuMq3gN2wXR80qcPe2puE0Ri2sNA795BlIqBdiK6C3g==
        -----END RSA PRIVATE KEY-----
        """

    static let otherKey = """
        -----BEGIN PRIVATE KEY-----
        MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCc/Cef0WZtWqSN
        4i07AOTX63N/NYC6RaBifPjcWw2lRA7za4JiRGXIctGdj2/Ks0qcfh4kkJwfA8VG
        gZFePwT4KEmFWkkuZCxHn1g8o4yg6BqxXeQ1WbM+Z6zeozK8fuDQc0jE4MBbn3su
        IAVTKpcdw919ytn/UnXpgAf6KSELbLWMwhO6LcAghRnwqkkpuRxbbXfYDJPMVPUW
        asfbj0RRvLPjc/0Z3yUKbsdV4nPcyt1Dg2RdSKw74S3nNEWhKKE54v0vSek2Tpei
        JT+xahbdWoS5zT5VuMldbw0yuAKiF1WY71Itq7Tk/0k87D0f5rFUWRosLoIS0sfL
        sqYpVcFzAgMBAAECggEAFSbGYfqxUyTw4gBqTrZj9GcQJJYoC4ZWbJ62WzOrfCvW
        MIcORhY9eTYQjIBR3t0BvbcicZPIbUdb8mWCbtE35rBq7jGdhZzP+IXS5OILuyG6
        zaYUbvnF3wUnXhyyuSyxNsopsQPaochfAkvPMTGeXc97ouIiNYwTQLb+8X5O1P6G
        bGzN8E6ciDupPhJNKLVEd0GErptPuCwfaZPGEiAkrz3oTz2x5H8XYPdss6CrXB5y
        edRdLUGWqco0p6jWxkkrONhkR/ASnn7qbIuMvhFNXc8pzMLtv7YNKkG5HEWb/9Jh
        UXrSfDBZxC6RbU5N5nwDxDqCpGdaeRzW49uIaH4XrQKBgQDT09dAQMUov6ka1Rvn
        MSYKK3e6ZvrDG+9q9F2PrDwWUGppp8M03YtqYkvY+68HGqyEMrP48gyfxfDAyH+H
        pkUYLB/swdD6zBlHx3Ul+RTpNcDDTs/csIzAHsJguvuHN3lHZr8PwxTAvTsEBw5s
        2NL6Po2LVyIXl5YFI44bnkAJjQKBgQC9uJxxF9YMdJoQz1TT7T7rCJq5EK7AWRQo
        bP++aKxx/l3RRDzzy3G2/hUrchV/DGQJNI+5nEGhwstvRiipa+KKLd8iS9KCNjEN
        cM1L1857FT7l1CFtYL0M7DJlaN3s9X2EoCsq6KPRTnwd8LIVY9Cd3rVDKrV7zMvC
        0Lzptkq2/wKBgD4h2fZPyUTdiuWC8s9KXEUJYPH8+Lq3++7cRIE63NkSt1PMUHa2
        MQmAUY0QrdMgoM+Z664umUNYFPkHFlkcjRG9B5QzeW/G4/do6tS7jcWl7aeb+15Z
        Lr+/hfZHgjW0MM+ftJUT/IdYOfJBe5qzspaSOIRRh39yCB/zwOAa99+VAoGAA2v2
        9ls1sxfPR4pVv1TCE78d+0R/wlxY7rm4ixicM5og2wteBg+fR2uhuhzeomH40+ms
        xe45iM9Yl/Mt/JBDj7ZwFdBERbDwhYuJSFrmEHY7oi2HRM+/2SHRbt7LUeDDmMbC
        wI1dlwLRXkDfFV+tfYtsvX9hso/pBOR648Qz6MUCgYA5PLWZjfQwbPjkI4dox5LT
        XTPAas45R+Ep+a4xY3Z3ryB2l7670rQNAqzKhBx/m+E5wWeijm/S3m6gHQX5dyu1
        Mhs57N3I//b7/xrnOOv1peRaQnt9FjW/J6KaGcgGO7hTeWY5o06CHk1FRs1J3O0W
        xXyEGHohZFyauQm1JDKVbA==
        -----END PRIVATE KEY-----
        """

    static let smallCertificate = """
        -----BEGIN CERTIFICATE-----
        MIICFjCCAX+gAwIBAgIUCt6mXcMouX54qo+w7B0XScCeF/4wDQYJKoZIhvcNAQEL
        BQAwHDEaMBgGA1UEAwwRc21hbGwuY29udG9zby5jb20wIBcNMjYxMTIxMDYxNTU0
        WhgPMjEyNjEwMjgwNjE1NTRaMBwxGjAYBgNVBAMMEXNtYWxsLmNvbnRvc28uY29t
        MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC58lVwLlEzqu1lk1iSDNXKKmvI
        Crg/jsfRsNH4rU6eeJcOBqKBzxTrGtqqT0ZzX9KBLknBX/YuFdi9rNzHTgOIfAHL
        7M600GpLUk+gQLmRN9x41+3RdG6lsldTGZXROjHiQ30GcCQ8PajgarhPI4xlr4LD
        mz3pdjwplNBynJsYbQIDAQABo1MwUTAdBgNVHQ4EFgQU15TLPRfTamXarkzXSnpN
        mSgCus8wHwYDVR0jBBgwFoAU15TLPRfTamXarkzXSnpNmSgCus8wDwYDVR0TAQH/
        BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOBgQCSrVwFRuxj45+ogTADSgKri4C04gXs
        T3w98obnN3aeANt1NWD/Tf2P3+uiPThtRASugPru05f0QHcMhnaLvLj5l6IYrZnP
        UcUsnL0Myua9Wcgv1Qr1HZE2AgoqwKqow1hJzq8TuZj3uPGov3RnVDgkOBO1rLLE
        SAs38MzCPSMl/A==
        -----END CERTIFICATE-----
        """

    static let smallKey = """
        -----BEGIN PRIVATE KEY-----
        MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBALnyVXAuUTOq7WWT
        WJIM1coqa8gKuD+Ox9Gw0fitTp54lw4GooHPFOsa2qpPRnNf0oEuScFf9i4V2L2s
        3MdOA4h8AcvszrTQaktST6BAuZE33HjX7dF0bqWyV1MZldE6MeJDfQZwJDw9qOBq
        uE8jjGWvgsObPel2PCmU0HKcmxhtAgMBAAECgYBFXaGBt8WTALCOs+jWkvMt96U9
        esJA84KXNt8dZYlulI3FLbRxuE6VZe8smWYupBBjIGFjQekUSBISr+msb+3g2YWA
        XDgtC7F8eh5AmPaklax9T0mP0nY4Ky4i6MucnJhUg1dOaFq8L10DO6U8VQjbBtbX
        EopePd4whmbNohviAQJBAOEMN2E6Qs+IY09+fqBEtk5zLroqa5taZcCjbPBlHYc5
        QS8O5vHHW4DTBEEMxgvZv1y/OilgPEN0hCevam+0kFsCQQDThWScaXVQT7n71eC2
        qdK9rBs/3oxsc0z/X/tdpUCuZVnA3zGXZeChw+f3p5k8gI4Ihj1Iotyxehej1m9J
        SFTXAkBSGefWQ6/+EG7SoH5Hr+mmgyTn6/Pn8Dmw5q4moWz9WSjrpw8f47ABNnqV
        1LgnuJ+0kVsBn0c9ALP52mgFKqWDAkEAqH7ETMy9RQKdlv0jCp9xXuJwuooftmyK
        04u0Az8WrVXTD488Q+xF6tbSPDfoG4gUnLnCq9AAmeg2WK8C64+Q9QJBAL/zTWz/
        VUJbj0a13J4mooePKhB4m0FKkpbz0EZX2V4WdPv/Jil9aab7nJM9hfNX6knVuRa7
        2YggLgpK4RsErBY=
        -----END PRIVATE KEY-----
        """

    static let ecCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIBijCCAS+gAwIBAgIUa7bWdVJ0Loi/ckgOwQhk+8KqTaswCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOZWMuY29udG9zby5jb20wIBcNMjYxMTIxMDYxNTU0WhgPMjEy
        NjEwMjgwNjE1NTRaMBkxFzAVBgNVBAMMDmVjLmNvbnRvc28uY29tMFkwEwYHKoZI
        zj0CAQYIKoZIzj0DAQcDQgAE0c/tdCZayA3t5eB+THjqEfXIpuvabDZ/1VN+aG0T
        6nbQYeKMW7oM5QuI7FjajbC7Xv7bqoaTZxeUxReaKcDvZaNTMFEwHQYDVR0OBBYE
        FEo3eQ1wlQ8LmIo7nUcqC3j9jtpuMB8GA1UdIwQYMBaAFEo3eQ1wlQ8LmIo7nUcq
        C3j9jtpuMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhANons8dN
        azKb/1ti6Gg2+GprATZVrREK7EiSL+SLE2UZAiEApWUl0xsUNvyZyEdA9Z7SWwtg
        lfQexYFzFnZ/3HtEWYM=
        -----END CERTIFICATE-----
        """

    static let ecKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg+HAg/KErlBjxM+hK
        qqfIthlHipHOi2z2T+6yjjkrCi+hRANCAATRz+10JlrIDe3l4H5MeOoR9cim69ps
        Nn/VU35obRPqdtBh4oxbugzlC4jsWNqNsLte/tuqhpNnF5TFF5opwO9l
        -----END PRIVATE KEY-----
        """
}
