-- What a source may say that another word means, and the currencies that there are.

-- Declared cleaning rules: an import loads the right word for the wrong one, and says so.
create table if not exists cleaning_rule (
    table_name varchar(64) not null,
    column_name varchar(64) not null,
    wrong varchar(100) not null,
    correct varchar(100) not null,
    primary key (table_name, column_name, wrong)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

insert ignore into cleaning_rule (table_name, column_name, wrong, correct) values
    ('address', 'city', 'Leds', 'Leeds'),
    ('address', 'city', 'Mancester', 'Manchester'),
    ('address', 'country', 'UK', 'United Kingdom'),
    ('department', 'location', 'Leds', 'Leeds'),
    ('department', 'location', 'Mancester', 'Manchester');

-- ISO 4217, those in use.
create table if not exists iso_currency (
    currency_code char(3) not null,
    currency_name varchar(60) not null,
    row_start timestamp(6) generated always as row start invisible,
    row_end timestamp(6) generated always as row end invisible,
    primary key (currency_code),
    period for system_time (row_start, row_end)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin
    with system versioning;

insert ignore into iso_currency (currency_code, currency_name) values
    ('AED', 'United Arab Emirates Dirham'), ('AFN', 'Afghan Afghani'), ('ALL', 'Albanian Lek'),
    ('AMD', 'Armenian Dram'), ('AOA', 'Angolan Kwanza'), ('ARS', 'Argentine Peso'),
    ('AUD', 'Australian Dollar'), ('AWG', 'Aruban Florin'), ('AZN', 'Azerbaijani Manat'),
    ('BAM', 'Bosnia-Herzegovina Convertible Mark'), ('BBD', 'Barbadian Dollar'),
    ('BDT', 'Bangladeshi Taka'), ('BHD', 'Bahraini Dinar'), ('BIF', 'Burundian Franc'),
    ('BMD', 'Bermudan Dollar'), ('BND', 'Brunei Dollar'), ('BOB', 'Bolivian Boliviano'),
    ('BRL', 'Brazilian Real'), ('BSD', 'Bahamian Dollar'), ('BTN', 'Bhutanese Ngultrum'),
    ('BWP', 'Botswanan Pula'), ('BYN', 'Belarusian Ruble'), ('BZD', 'Belize Dollar'),
    ('CAD', 'Canadian Dollar'), ('CDF', 'Congolese Franc'), ('CHF', 'Swiss Franc'),
    ('CLP', 'Chilean Peso'), ('CNY', 'Chinese Yuan'), ('COP', 'Colombian Peso'),
    ('CRC', 'Costa Rican Colón'), ('CUP', 'Cuban Peso'), ('CVE', 'Cape Verdean Escudo'),
    ('CZK', 'Czech Koruna'), ('DJF', 'Djiboutian Franc'), ('DKK', 'Danish Krone'),
    ('DOP', 'Dominican Peso'), ('DZD', 'Algerian Dinar'), ('EGP', 'Egyptian Pound'),
    ('ERN', 'Eritrean Nakfa'), ('ETB', 'Ethiopian Birr'), ('EUR', 'Euro'), ('FJD', 'Fijian Dollar'),
    ('FKP', 'Falkland Islands Pound'), ('GBP', 'British Pound'), ('GEL', 'Georgian Lari'),
    ('GHS', 'Ghanaian Cedi'), ('GIP', 'Gibraltar Pound'), ('GMD', 'Gambian Dalasi'),
    ('GNF', 'Guinean Franc'), ('GTQ', 'Guatemalan Quetzal'), ('GYD', 'Guyanaese Dollar'),
    ('HKD', 'Hong Kong Dollar'), ('HNL', 'Honduran Lempira'), ('HTG', 'Haitian Gourde'),
    ('HUF', 'Hungarian Forint'), ('IDR', 'Indonesian Rupiah'), ('ILS', 'Israeli New Shekel'),
    ('INR', 'Indian Rupee'), ('IQD', 'Iraqi Dinar'), ('IRR', 'Iranian Rial'),
    ('ISK', 'Icelandic Króna'), ('JMD', 'Jamaican Dollar'), ('JOD', 'Jordanian Dinar'),
    ('JPY', 'Japanese Yen'), ('KES', 'Kenyan Shilling'), ('KGS', 'Kyrgyz Som'),
    ('KHR', 'Cambodian Riel'), ('KMF', 'Comorian Franc'), ('KPW', 'North Korean Won'),
    ('KRW', 'South Korean Won'), ('KWD', 'Kuwaiti Dinar'), ('KYD', 'Cayman Islands Dollar'),
    ('KZT', 'Kazakhstani Tenge'), ('LAK', 'Laotian Kip'), ('LBP', 'Lebanese Pound'),
    ('LKR', 'Sri Lankan Rupee'), ('LRD', 'Liberian Dollar'), ('LSL', 'Lesotho Loti'),
    ('LYD', 'Libyan Dinar'), ('MAD', 'Moroccan Dirham'), ('MDL', 'Moldovan Leu'),
    ('MGA', 'Malagasy Ariary'), ('MKD', 'Macedonian Denar'), ('MMK', 'Myanmar Kyat'),
    ('MNT', 'Mongolian Tugrik'), ('MOP', 'Macanese Pataca'), ('MRU', 'Mauritanian Ouguiya'),
    ('MUR', 'Mauritian Rupee'), ('MVR', 'Maldivian Rufiyaa'), ('MWK', 'Malawian Kwacha'),
    ('MXN', 'Mexican Peso'), ('MYR', 'Malaysian Ringgit'), ('MZN', 'Mozambican Metical'),
    ('NAD', 'Namibian Dollar'), ('NGN', 'Nigerian Naira'), ('NIO', 'Nicaraguan Córdoba'),
    ('NOK', 'Norwegian Krone'), ('NPR', 'Nepalese Rupee'), ('NZD', 'New Zealand Dollar'),
    ('OMR', 'Omani Rial'), ('PAB', 'Panamanian Balboa'), ('PEN', 'Peruvian Sol'),
    ('PGK', 'Papua New Guinean Kina'), ('PHP', 'Philippine Peso'), ('PKR', 'Pakistani Rupee'),
    ('PLN', 'Polish Zloty'), ('PYG', 'Paraguayan Guarani'), ('QAR', 'Qatari Riyal'),
    ('RON', 'Romanian Leu'), ('RSD', 'Serbian Dinar'), ('RUB', 'Russian Ruble'),
    ('RWF', 'Rwandan Franc'), ('SAR', 'Saudi Riyal'), ('SBD', 'Solomon Islands Dollar'),
    ('SCR', 'Seychellois Rupee'), ('SDG', 'Sudanese Pound'), ('SEK', 'Swedish Krona'),
    ('SGD', 'Singapore Dollar'), ('SHP', 'St. Helena Pound'), ('SLE', 'Sierra Leonean Leone'),
    ('SOS', 'Somali Shilling'), ('SRD', 'Surinamese Dollar'), ('SSP', 'South Sudanese Pound'),
    ('STN', 'São Tomé & Príncipe Dobra'), ('SVC', 'Salvadoran Colón'), ('SYP', 'Syrian Pound'),
    ('SZL', 'Swazi Lilangeni'), ('THB', 'Thai Baht'), ('TJS', 'Tajikistani Somoni'),
    ('TMT', 'Turkmenistani Manat'), ('TND', 'Tunisian Dinar'), ('TOP', 'Tongan Paʻanga'),
    ('TRY', 'Turkish Lira'), ('TTD', 'Trinidad & Tobago Dollar'), ('TWD', 'New Taiwan Dollar'),
    ('TZS', 'Tanzanian Shilling'), ('UAH', 'Ukrainian Hryvnia'), ('UGX', 'Ugandan Shilling'),
    ('USD', 'US Dollar'), ('UYU', 'Uruguayan Peso'), ('UZS', 'Uzbekistani Som'),
    ('VES', 'Venezuelan Bolívar'), ('VND', 'Vietnamese Dong'), ('VUV', 'Vanuatu Vatu'),
    ('WST', 'Samoan Tala'), ('XAF', 'Central African CFA Franc'), ('XCD', 'East Caribbean Dollar'),
    ('XOF', 'West African CFA Franc'), ('XPF', 'CFP Franc'), ('YER', 'Yemeni Rial'),
    ('ZAR', 'South African Rand'), ('ZMW', 'Zambian Kwacha');

-- What one of a currency was worth in another, from a day on until the next is known.
create table if not exists currency_rate (
    rate_id int not null auto_increment,
    currency_from char(3) not null,
    currency_to char(3) not null,
    date date not null,
    rate decimal(18,8) not null,
    row_start timestamp(6) generated always as row start invisible,
    row_end timestamp(6) generated always as row end invisible,
    primary key (rate_id),
    unique key currency_rate_currency_from_currency_to_date_uk (currency_from, currency_to, date),
    constraint currency_rate_currency_from_fk
        foreign key (currency_from) references iso_currency (currency_code),
    key currency_rate_currency_to_ix (currency_to),
    constraint currency_rate_currency_to_fk
        foreign key (currency_to) references iso_currency (currency_code),
    constraint currency_rate_rate_ck check (rate > 0),
    constraint currency_rate_currencies_ck check (currency_from <> currency_to),
    period for system_time (row_start, row_end)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin
    with system versioning;
