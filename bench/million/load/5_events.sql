INSERT INTO directory_event (workspace_id, lead_id, verb, actor_id, origin, changes, facts, created_at)
SELECT workspace_id, id, verb, actor_id, origin, changes, facts, at FROM (
    SELECT workspace_id, id, 'lead.created' AS verb, NULL::bigint AS actor_id, 'channel' AS origin, '{}'::jsonb AS changes,
        '{"source": "channel"}'::jsonb AS facts, last_at - talks * pause - interval '1 hour' AS at
    FROM seed_lead
    UNION ALL
    SELECT workspace_id, id, 'lead.assigned', assignee_id, 'web',
        jsonb_build_object('assignee_id', jsonb_build_array(NULL, assignee_id)), '{}', last_at - talks * pause
    FROM seed_lead WHERE assignee_id IS NOT NULL
    UNION ALL
    SELECT workspace_id, id, 'lead.moved', assignee_id, 'web',
        jsonb_build_object('stage_id', jsonb_build_array(NULL, stage_id)), '{}', last_at - pause
    FROM seed_lead WHERE stage_id IS NOT NULL
) AS happened ORDER BY at;
