INSERT INTO inbox_identity (id, workspace_id, lead_id, channel_id, name, username, is_reachable, created_at)
SELECT id, workspace_id, id, channel_id, name, '', pg_temp.roll(id, 60, 200) > 0, last_at - talks * pause
FROM seed_lead WHERE talks > 0 ORDER BY id;

INSERT INTO inbox_identitykey (workspace_id, channel_id, identity_id, key, is_current, created_at)
SELECT workspace_id, channel_id, id, coalesce('wa:' || phone, 'bsuid:MX.' || id), true, last_at - talks * pause
FROM seed_lead WHERE talks > 0 ORDER BY id;

INSERT INTO inbox_session (id, workspace_id, identity_id, channel_id, thread_key, window_ends_at, opened_at)
SELECT id, workspace_id, id, channel_id, '', NULL, last_at - talks * pause
FROM seed_lead WHERE talks > 0 ORDER BY id;

-- In the order of arrival over all workspaces, as identities are given out in life. The last message is theirs where
-- they wait, ours where they do not; before it they take turns.
INSERT INTO inbox_message (workspace_id, lead_id, channel_id, identity_id, session_id, direction, kind, text, data,
    external_id, uid, author_id, reply_to_external_id, sent_at, sequence, created_at, delivery, delivery_at,
    error_code, error)
SELECT workspace_id, lead_id, channel_id, lead_id, lead_id,
    CASE WHEN is_theirs THEN 'in' ELSE 'out' END, 'text', pg_temp.one_of(lead_id, 70 + n, %(said)s), '{}',
    'wamid.' || md5(lead_id || '-' || n), md5('uid' || lead_id || '-' || n)::uuid,
    CASE WHEN is_theirs THEN NULL ELSE assignee_id END, '', sent_at, 0, sent_at + interval '1 second',
    CASE WHEN is_theirs THEN '' ELSE (ARRAY['read', 'delivered', 'sent', 'failed'])
        [1 + width_bucket(pg_temp.roll(lead_id, 71 + n, 100), ARRAY[60, 90, 98])] END,
    CASE WHEN is_theirs THEN NULL ELSE sent_at + interval '4 seconds' END, '', ''
FROM (SELECT l.workspace_id, l.id AS lead_id, l.channel_id, l.assignee_id, n,
             l.last_at - (l.talks - n) * l.pause AS sent_at,
             (mod(l.talks - n, 2) = 0) = l.is_waiting AS is_theirs
      FROM seed_lead l, generate_series(1, l.talks) AS n) AS said
ORDER BY sent_at, lead_id, n;

CREATE TEMP TABLE seed_talk ON COMMIT DROP AS
SELECT lead_id, max(id) AS last_message_id, max(sent_at) AS last_at,
    max(id) FILTER (WHERE direction = 'in') AS last_inbound_id,
    max(sent_at) FILTER (WHERE direction = 'in') AS last_inbound_at
FROM inbox_message GROUP BY lead_id;

UPDATE inbox_session s SET window_ends_at = t.last_inbound_at + interval '24 hours'
FROM seed_talk t, inbox_channel c
WHERE s.id = t.lead_id AND t.last_inbound_at > now() - interval '40 days' AND c.id = s.channel_id AND c.kind = 'whatsapp';
