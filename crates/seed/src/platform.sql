-- Rows that belong to no tenant. Running this again changes nothing.
-- {now} is replaced by the time up to which the data goes.

INSERT INTO plans (id, name, slug, description, max_users, max_domains, max_campaigns_per_month,
    api_rate_limit, max_email_accounts, max_emails_per_month, max_warmups, max_contacts,
    max_storage_gb, api_access, priority_support, advanced_analytics, white_label,
    price_monthly, price_yearly, currency, notes, is_active, stripe_product_id, created, updated)
VALUES
    ('01943a6e-0000-7000-8000-000000000101', 'Starter', 'starter', 'For a first domain.',
        3, 2, 10, 60, 5, 5000, 2, 2500, 5, false, false, false, false,
        2900, 29000, 'USD', NULL, true, 'prod_demo_starter', '2025-01-06', '2025-01-06'),
    ('01943a6e-0000-7000-8000-000000000102', 'Growth', 'growth', 'For a team that sends every day.',
        10, 10, 50, 300, 30, 50000, 10, 25000, 50, true, false, true, false,
        9900, 99000, 'USD', NULL, true, 'prod_demo_growth', '2025-01-06', '2025-01-06'),
    ('01943a6e-0000-7000-8000-000000000103', 'Scale', 'scale', 'For agencies, under their own brand.',
        NULL, NULL, NULL, 1200, NULL, 500000, NULL, NULL, 500, true, true, true, true,
        39900, 399000, 'USD', 'Unlimited where nothing is said.', true, 'prod_demo_scale', '2025-01-06', '2025-01-06'),
    ('01943a6e-0000-7000-8000-000000000104', 'Early bird', 'early-bird', 'Closed to new customers.',
        5, 5, 25, 120, 15, 20000, 5, 10000, 20, true, false, false, false,
        4900, 49000, 'USD', 'Renewable by its holders.', false, 'prod_demo_early_bird', '2024-06-03', '2025-03-31')
ON CONFLICT DO NOTHING;

INSERT INTO feature_flags (id, key, is_enabled, rollout_percentage, created, updated)
VALUES
    ('01943a6e-0000-7000-8000-000000000501', 'template_editor_v2', true, 100, '2025-02-03', '2025-05-12'),
    ('01943a6e-0000-7000-8000-000000000502', 'reply_classification', true, 25, '2025-04-14', '2025-06-02'),
    ('01943a6e-0000-7000-8000-000000000503', 'send_time_optimization', false, 0, '2025-06-09', '2025-06-09')
ON CONFLICT DO NOTHING;

INSERT INTO system_config (key, value, is_sensitive, created, updated)
VALUES
    ('billing.grace_days', '7', false, '2025-01-06', '2025-01-06'),
    ('mail.default_provider', '"mailu"', false, '2025-01-06', '2025-01-06'),
    ('mail.warmup', '{"start": 5, "daily_increase": 3, "limit": 60}', false, '2025-01-06', '2025-04-01'),
    ('mail.relay_password', '"not-a-real-password"', true, '2025-01-06', '2025-01-06')
ON CONFLICT DO NOTHING;

INSERT INTO vps_instances (id, hostwinds_instance_id, ip_address, region, status, monthly_cost,
    approximate_cost, currency, billing_day, billing_period, decommission_scheduled_for, created, updated)
VALUES
    ('01943a6e-0000-7000-8000-000000000201', 'hw-10233', '192.0.2.10', 'us-dallas', 'active',
        1899, 22788, 'USD', 3, 'monthly', NULL, '2025-01-08', '2025-01-08'),
    ('01943a6e-0000-7000-8000-000000000202', 'hw-10877', '192.0.2.40', 'eu-amsterdam', 'active',
        2499, 29988, 'USD', 14, 'monthly', NULL, '2025-02-17', '2025-02-17'),
    ('01943a6e-0000-7000-8000-000000000203', 'hw-09120', '198.51.100.7', 'us-seattle', 'scheduled_decommission',
        1299, 15588, 'USD', 21, 'quarterly', TIMESTAMPTZ '{now}' + interval '18 days', '2025-01-08', '{now}'),
    ('01943a6e-0000-7000-8000-000000000204', NULL, '203.0.113.5', 'eu-amsterdam', 'provisioning',
        2499, NULL, 'USD', NULL, 'yearly', NULL, TIMESTAMPTZ '{now}' - interval '2 hours', '{now}'),
    ('01943a6e-0000-7000-8000-000000000205', 'hw-08001', '198.51.100.80', 'us-dallas', 'decommissioned',
        999, 11988, 'USD', 1, 'monthly', NULL, '2024-08-01', '2025-03-01')
ON CONFLICT DO NOTHING;

INSERT INTO smtp_ip_addresses (id, vps_instance_id, ip_address, status, reputation_state,
    approximate_cost, currency, last_reputation_check, assigned_count, provider_blacklist_status, created, updated)
SELECT ('01943a6e-0000-7000-8000-0000000003' || lpad(n::text, 2, '0'))::uuid,
    ('01943a6e-0000-7000-8000-00000000020' || server)::uuid, address, status, reputation, 250, 'USD',
    CASE WHEN status <> 'available' THEN TIMESTAMPTZ '{now}' - n * interval '37 minutes' END, 0,
    CASE reputation
        WHEN 'good' THEN '{"spamhaus": "clear", "barracuda": "clear"}'::jsonb
        WHEN 'fair' THEN '{"spamhaus": "clear", "barracuda": "listed"}'::jsonb
        ELSE '{"spamhaus": "listed", "barracuda": "listed"}'::jsonb
    END,
    TIMESTAMPTZ '2025-01-08' + n * interval '1 day', TIMESTAMPTZ '{now}' - n * interval '37 minutes'
FROM (VALUES
    (1, 1, '192.0.2.11', 'assigned', 'good'), (2, 1, '192.0.2.12', 'assigned', 'good'),
    (3, 1, '192.0.2.13', 'warmed', 'good'), (4, 2, '192.0.2.41', 'assigned', 'good'),
    (5, 2, '192.0.2.42', 'warming', 'good'), (6, 2, '192.0.2.43', 'warming', 'fair'),
    (7, 2, '192.0.2.44', 'warmed', 'good'), (8, 1, '192.0.2.14', 'degraded', 'fair'),
    (9, 1, '192.0.2.15', 'available', 'good'), (10, 2, '192.0.2.45', 'available', 'good'),
    (11, 3, '198.51.100.8', 'quarantined', 'poor'), (12, 3, '198.51.100.9', 'burned', 'critical')
) AS addresses (n, server, address, status, reputation)
ON CONFLICT DO NOTHING;
