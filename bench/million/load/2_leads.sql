INSERT INTO directory_lead (id, workspace_id, name, is_named_by_us, city, notes, time_zone, direction, source, created_at)
SELECT id, workspace_id, name, pg_temp.roll(id, 30, 100) < 30,
    pg_temp.one_of(id, 31, %(cities)s),
    CASE WHEN pg_temp.roll(id, 32, 100) < 20 THEN pg_temp.one_of(id, 33, %(notes)s) ELSE '' END,
    '', CASE WHEN talks = 0 THEN 'out' ELSE 'in' END, CASE WHEN talks = 0 THEN 'import' ELSE 'channel' END,
    last_at - talks * pause - interval '1 hour'
FROM seed_lead ORDER BY id;

INSERT INTO directory_contactpoint (workspace_id, lead_id, kind, raw, value, match_key, is_verified, created_at)
SELECT workspace_id, id, 'phone', CASE WHEN phone LIKE '52%%' THEN '521' || substr(phone, 3) ELSE phone END,
    '+' || phone, phone, true, last_at - talks * pause - interval '1 hour'
FROM seed_lead WHERE phone IS NOT NULL ORDER BY id;

INSERT INTO directory_contactpoint (workspace_id, lead_id, kind, raw, value, match_key, is_verified, created_at)
SELECT workspace_id, id, 'email', address, address, address, false, last_at - interval '1 hour'
FROM (SELECT id, workspace_id, last_at, split_part(directory_fold(name), ' ', 1) || '.' || id || '@'
             || pg_temp.one_of(id, 40, ARRAY['gmail.com', 'gmail.com', 'hotmail.com', 'outlook.com', 'correo.example'])
             AS address
      FROM seed_lead WHERE name <> '' AND pg_temp.roll(id, 41, 100) < 35) AS addressed
ORDER BY id;

INSERT INTO directory_leadtag (workspace_id, lead_id, tag_id)
SELECT DISTINCT l.workspace_id, l.id, w.tags[1 + floor(array_length(w.tags, 1) * pg_temp.skewed(l.id, 50 + n, 2))::int]
FROM seed_lead l JOIN seed_workspace w USING (workspace_id), generate_series(1, 3) AS n
WHERE n <= pg_temp.roll(l.id, 50, 4) AND pg_temp.roll(l.id, 54, 100) < 40;
