"""The currencies of ISO 4217 in use, those of our users' countries first."""

_FIRST = (
    "MXN",
    "USD",
    "EUR",
    "COP",
    "ARS",
    "CLP",
    "PEN",
    "BRL",
    "UYU",
    "PYG",
    "BOB",
    "GTQ",
    "CRC",
    "DOP",
    "HNL",
    "NIO",
    "PAB",
)
_OTHERS = ["AED", "AFN", "ALL", "AMD", "AOA", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF", "BMD", "BND", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CNY", "CUP", "CVE", "CZK", "DJF", "DKK", "DZD", "EGP", "ERN", "ETB", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GYD", "HKD", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MYR", "MZN", "NAD", "NGN", "NOK", "NPR", "NZD", "OMR", "PGK", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "UZS", "VES", "VND", "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG"]

CURRENCIES: list[tuple[str, str]] = [(code, code) for code in (*_FIRST, *_OTHERS)]
