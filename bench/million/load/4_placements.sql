-- One statement: the tallies' trigger counts it.
INSERT INTO directory_placement (lead_id, workspace_id, stage_id, position, stage_since, assignee_id, status, outcome,
    close_reason_id, closed_at, is_archived, is_starred, created_at, last_activity_at, last_inbound_at, waiting_since,
    window_ends_at, channel_id, last_message_id, last_inbound_id)
SELECT l.id, l.workspace_id, l.stage_id, pg_temp.at_top((extract(epoch FROM l.last_at) * 1000000)::bigint),
    l.last_at - l.pause, l.assignee_id, l.status, l.outcome,
    CASE l.outcome WHEN 'won' THEN w.won_reason WHEN 'lost' THEN w.lost_reason END,
    CASE WHEN l.outcome <> '' THEN l.last_at END, l.is_archived, pg_temp.roll(l.id, 80, 100) < 3,
    l.last_at - l.talks * l.pause - interval '1 hour',
    coalesce(t.last_at, l.last_at), t.last_inbound_at,
    CASE WHEN l.is_waiting THEN t.last_inbound_at END,
    CASE WHEN c.kind = 'whatsapp' THEN t.last_inbound_at + interval '24 hours' END,
    CASE WHEN l.talks > 0 THEN l.channel_id END, t.last_message_id, t.last_inbound_id
FROM seed_lead l JOIN seed_workspace w USING (workspace_id) JOIN inbox_channel c ON c.id = l.channel_id
LEFT JOIN seed_talk t ON t.lead_id = l.id
ORDER BY l.id;

-- Each person has read most of their own; the owner most of what came within a month.
INSERT INTO inbox_readmark (workspace_id, membership_id, lead_id, message_id, at)
SELECT l.workspace_id, l.assignee_id, l.id, t.last_message_id, t.last_at
FROM seed_lead l JOIN seed_talk t ON t.lead_id = l.id
WHERE l.assignee_id IS NOT NULL AND pg_temp.roll(l.id, 90, 100) < CASE WHEN l.is_waiting THEN 60 ELSE 95 END;

INSERT INTO inbox_readmark (workspace_id, membership_id, lead_id, message_id, at)
SELECT l.workspace_id, w.owner, l.id, t.last_message_id, t.last_at
FROM seed_lead l JOIN seed_talk t ON t.lead_id = l.id JOIN seed_workspace w USING (workspace_id)
WHERE t.last_at > now() - interval '30 days' AND pg_temp.roll(l.id, 91, 100) < 60;
