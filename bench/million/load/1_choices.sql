-- What each lead is like, chosen by a hash of its number: the same for the same seed, whatever the machine.
-- Odd numbers are the large workspace's, so that its rows lie among those of the others as they would in life.

CREATE FUNCTION pg_temp.roll(k bigint, salt int, sides int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT mod(hashint8extended(k, %(seed)s + salt) & 2147483647, sides)::int $$;

-- 0 … 1, a small one oftener the higher the power.
CREATE FUNCTION pg_temp.skewed(k bigint, salt int, power float) RETURNS float LANGUAGE sql IMMUTABLE AS
$$ SELECT (pg_temp.roll(k, salt, 1000000) / 1000000.0) ^ power $$;

CREATE FUNCTION pg_temp.one_of(k bigint, salt int, choices text[]) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT choices[1 + pg_temp.roll(k, salt, array_length(choices, 1))] $$;

-- directory.ordering.at_top
CREATE FUNCTION pg_temp.at_top(micros bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
                             1 + mod((13537086546263551 - micros) / (%(powers)s)[1 + digit], 62)::int, 1),
                      '' ORDER BY digit) || 'V'
    FROM generate_series(0, 8) AS digit
$$;

CREATE TEMP TABLE seed_lead ON COMMIT DROP AS
SELECT k AS id, w.workspace_id, w.is_large,
    now() - CASE WHEN k = 1 THEN interval '10 seconds'
        ELSE interval '700 days' * pg_temp.skewed(k, 1, 2) + interval '1 second' * pg_temp.roll(k, 2, 3600) END AS last_at,
    CASE WHEN k = 1 THEN %(thread)s
         WHEN pg_temp.roll(k, 3, 100) < 8 THEN 0
         WHEN w.is_large THEN 1 + floor(8 * pg_temp.skewed(k, 4, 2))::int
         ELSE 1 + floor(3 * pg_temp.skewed(k, 4, 2))::int END AS talks,
    CASE WHEN k = 1 THEN interval '3 minutes' ELSE interval '1 minute' * (1 + pg_temp.roll(k, 5, 600)) END AS pause,
    k = 1 OR pg_temp.roll(k, 6, 100) < 25 AS is_waiting,
    w.stages[1 + width_bucket(pg_temp.roll(k, 7, 1000), w.bounds)] AS stage_id,
    CASE WHEN k = 1 THEN '' ELSE (ARRAY['', 'won', 'lost'])
        [1 + width_bucket(pg_temp.roll(k, 8, 100), ARRAY[80, 86])] END AS outcome,
    k <> 1 AND pg_temp.roll(k, 9, 100) < 25 AS is_archived,
    (ARRAY['neutral', 'urgent', 'important', 'pending', 'stuck', 'done'])
        [1 + width_bucket(pg_temp.roll(k, 10, 100), ARRAY[70, 74, 82, 90, 94])] AS status,
    CASE WHEN k > 1 AND pg_temp.roll(k, 11, 100) < 70
         THEN w.sellers[1 + floor(array_length(w.sellers, 1) * pg_temp.skewed(k, 12, 1.5))::int] END AS assignee_id,
    w.channels[1 + floor(array_length(w.channels, 1) * pg_temp.skewed(k, 13, 1.6))::int] AS channel_id,
    CASE WHEN pg_temp.roll(k, 14, 100) < 92 THEN
        CASE width_bucket(pg_temp.roll(k, 15, 100), ARRAY[80, 90])
        WHEN 0 THEN '52' || pg_temp.one_of(k, 16, ARRAY['55', '55', '55', '33', '81', '22', '44', '99'])
        WHEN 1 THEN '54' || pg_temp.one_of(k, 16, ARRAY['11', '11', '35', '26'])
        ELSE '57' || pg_temp.one_of(k, 16, ARRAY['30', '31', '32']) END
        || lpad(mod(k * 48271, 100000000)::text, 8, '0') END AS phone,
    CASE WHEN pg_temp.roll(k, 18, 100) < 96 THEN
        pg_temp.one_of(k, 19, %(first_names)s)
        || CASE WHEN pg_temp.roll(k, 20, 100) < 30 THEN ' ' || pg_temp.one_of(k, 21, %(first_names)s) ELSE '' END
        || ' ' || pg_temp.one_of(k, 22, %(surnames)s)
        || CASE WHEN pg_temp.roll(k, 23, 100) < 60 THEN ' ' || pg_temp.one_of(k, 24, %(surnames)s) ELSE '' END
        ELSE '' END AS name
FROM generate_series(1::bigint, 2 * %(leads)s) AS k
JOIN seed_workspace w ON w.place = CASE WHEN mod(k, 2) = 1 THEN 0 ELSE 1 + mod(k / 2, %(others)s) END;

ANALYZE seed_lead;
