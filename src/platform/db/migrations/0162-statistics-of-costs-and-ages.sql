-- What is compared with the expressions of these orders (costs, ages): PostgreSQL takes no statistics from indexes that are partial, and
-- took a third of all rows for any "cost:>500".
create statistics resources_0_cost on (coalesce(cost_monthly_usd, '-1'::double precision)) from resources_0;
create statistics resources_0_age on (coalesce(created_at, first_seen_at)) from resources_0;
create statistics resources_1_cost on (coalesce(cost_monthly_usd, '-1'::double precision)) from resources_1;
create statistics resources_1_age on (coalesce(created_at, first_seen_at)) from resources_1;
create statistics resources_2_cost on (coalesce(cost_monthly_usd, '-1'::double precision)) from resources_2;
create statistics resources_2_age on (coalesce(created_at, first_seen_at)) from resources_2;
create statistics resources_3_cost on (coalesce(cost_monthly_usd, '-1'::double precision)) from resources_3;
create statistics resources_3_age on (coalesce(created_at, first_seen_at)) from resources_3;
create statistics resources_4_cost on (coalesce(cost_monthly_usd, '-1'::double precision)) from resources_4;
create statistics resources_4_age on (coalesce(created_at, first_seen_at)) from resources_4;
create statistics resources_5_cost on (coalesce(cost_monthly_usd, '-1'::double precision)) from resources_5;
create statistics resources_5_age on (coalesce(created_at, first_seen_at)) from resources_5;
create statistics resources_6_cost on (coalesce(cost_monthly_usd, '-1'::double precision)) from resources_6;
create statistics resources_6_age on (coalesce(created_at, first_seen_at)) from resources_6;
create statistics resources_7_cost on (coalesce(cost_monthly_usd, '-1'::double precision)) from resources_7;
create statistics resources_7_age on (coalesce(created_at, first_seen_at)) from resources_7;
analyze resources;
