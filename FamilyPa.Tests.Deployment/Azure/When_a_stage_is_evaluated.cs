using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Tests.Deployment.Azure;

/// <summary>Reads what each stage deploys, after the parameters and sizes are applied.</summary>
public sealed partial class When_a_stage_is_evaluated
{
    private const string Server = "Microsoft.DBforPostgreSQL/flexibleServers";

    /// <remarks>Source: learn.microsoft.com/azure/postgresql/configure-maintain/concepts-limits, "Maximum user connections".</remarks>
    private static readonly Dictionary<string, int> UserConnections = new() { ["Standard_B1ms"] = 35, ["Standard_D2ds_v5"] = 844 };

    /// <summary>In Flex Consumption the HTTP functions scale as a group, and every other function alone.</summary>
    /// <remarks>Source: learn.microsoft.com/azure/azure-functions/event-driven-scaling, 2026-08-03.</remarks>
    private static readonly int ScalingAlone = Assembly.Load("FamilyPa.Functions").GetTypes()
        .SelectMany(type => type.GetMethods())
        .Count(method => method.IsDefined(typeof(FunctionAttribute)) && !method.GetParameters().Any(parameter => parameter.IsDefined(typeof(HttpTriggerAttribute))));

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    [InlineData("prod-without-zones")]
    public async Task All_instances_together_fit_the_connections_of_the_database(string stage)
    {
        var snapshot = await StageSnapshot.OfAsync(stage);
        var scale = snapshot.Properties("Microsoft.Web/sites")!.Value.GetProperty("functionAppConfig").GetProperty("scaleAndConcurrency");
        var ofOne = scale.GetProperty("maximumInstanceCount").GetInt32();
        var ofHttp = ofOne + scale.GetProperty("alwaysReady").EnumerateArray().Single(group => group.GetProperty("name").GetString() == "http").GetProperty("instanceCount").GetInt32();
        // The platform keeps two of each function ready, which do not count towards the maximum.
        ofOne += snapshot.Properties("Microsoft.Web/serverfarms")!.Value.GetProperty("zoneRedundant").GetBoolean() ? 2 : 0;
        var settings = snapshot.Properties("Microsoft.Web/sites/config")!.Value;
        var pool = int.Parse(PoolSize().Match(settings.GetProperty("POSTGRES_CONNECTION_STRING").GetString()!).Groups[1].Value, CultureInfo.InvariantCulture);
        // StorageServices opens at least one connection for ingestion besides one for the rest, on HTTP instances and those of the queue `inbound`.
        var extra = pool == 1 ? ofHttp + ofOne : 0;
        var allowed = UserConnections[snapshot.All(Server).Single().GetProperty("sku").GetProperty("name").GetString()!];

        Assert.InRange((((ScalingAlone * ofOne) + ofHttp) * pool) + extra, 1, allowed - 5);
    }

    [Fact]
    public async Task Each_function_that_scales_alone_is_counted() =>
        Assert.Equal(ScalingAlone, (await ArmTemplate.CompiledAsync()).Root.GetProperty("variables").GetProperty("functionsThatScaleAlone").GetInt32());

    [Theory]
    [InlineData("dev", false, 1, "Disabled", "Disabled", 7)]
    [InlineData("prod", true, 2, "Enabled", "ZoneRedundant", 35)]
    [InlineData("prod-without-zones", false, 2, "Enabled", "SameZone", 35)]
    public async Task Production_survives_a_zone_where_there_are_some_and_can_be_restored_in_another_region(
        string stage, bool zoneRedundant, int alwaysReady, string geoRedundantBackup, string highAvailability, int backupDays)
    {
        var snapshot = await StageSnapshot.OfAsync(stage);
        var server = snapshot.Properties(Server)!.Value;
        var ready = snapshot.Properties("Microsoft.Web/sites")!.Value.GetProperty("functionAppConfig").GetProperty("scaleAndConcurrency").GetProperty("alwaysReady");

        Assert.Equal(zoneRedundant, snapshot.Properties("Microsoft.Web/serverfarms")!.Value.GetProperty("zoneRedundant").GetBoolean());
        Assert.Equal(alwaysReady, ready[0].GetProperty("instanceCount").GetInt32());
        Assert.Equal(geoRedundantBackup, server.GetProperty("backup").GetProperty("geoRedundantBackup").GetString());
        Assert.Equal(backupDays, server.GetProperty("backup").GetProperty("backupRetentionDays").GetInt32());
        Assert.Equal(highAvailability, server.GetProperty("highAvailability").GetProperty("mode").GetString());
        Assert.Equal(zoneRedundant ? "Standard_ZRS" : "Standard_LRS", snapshot.All("Microsoft.Storage/storageAccounts").Single().GetProperty("sku").GetProperty("name").GetString());
    }

    /// <summary>A lock on the server would keep its firewall rules, which are deleted after each migration.</summary>
    [Theory]
    [InlineData("dev", 0)]
    [InlineData("prod", 1)]
    [InlineData("prod-without-zones", 1)]
    public async Task Productions_database_can_be_deleted_only_after_its_lock(string stage, int locks)
    {
        var found = (await StageSnapshot.OfAsync(stage)).All("Microsoft.Authorization/locks").ToList();

        Assert.Equal(locks, found.Count);
        Assert.All(found, each => Assert.Matches("/flexibleServers/[^/]+/databases/familypa/providers/Microsoft.Authorization/locks/keep$", each.GetProperty("id").GetString()));
        Assert.All(found, each => Assert.Equal("CanNotDelete", each.GetProperty("properties").GetProperty("level").GetString()));
    }

    [Fact]
    public async Task A_restored_server_takes_the_place_of_the_old_one()
    {
        var snapshot = await StageSnapshot.OfAsync("prod", "psql-restored");

        Assert.Equal(["psql-restored"], snapshot.All(Server).Select(server => server.GetProperty("name").GetString()));
        Assert.Contains(snapshot.All("Microsoft.Network/privateEndpoints"), endpoint => endpoint.GetProperty("name").GetString() == "pe-psql-restored");
    }

    [Fact]
    public async Task The_app_tries_no_other_credential_than_its_identity()
    {
        var settings = (await StageSnapshot.OfAsync("prod")).Properties("Microsoft.Web/sites/config")!.Value;

        Assert.Equal("ManagedIdentityCredential", settings.GetProperty("AZURE_TOKEN_CREDENTIALS").GetString());
    }

    [Theory]
    [InlineData("dev", "database-connections > 28", "database-credits < 30", "database-storage > 80", "model-rate-limited > 20")]
    [InlineData("prod", "database-connections > 675", "database-storage > 80", "model-rate-limited > 20")]
    public async Task Azure_tells_what_runs_short(string stage, params string[] expected)
    {
        var rules = (await StageSnapshot.OfAsync(stage)).All("Microsoft.Insights/metricAlerts")
            .Where(rule => rule.GetProperty("properties").GetProperty("criteria").TryGetProperty("allOf", out _)).ToList();

        Assert.Equal(expected, rules.Select(rule => (Criterion: rule.GetProperty("properties").GetProperty("criteria").GetProperty("allOf")[0], rule)).Select(each =>
            $"{each.rule.GetProperty("name").GetString()!["familypa-".Length..]} {(each.Criterion.GetProperty("operator").GetString() == "LessThan" ? "<" : ">")} {each.Criterion.GetProperty("threshold").GetInt32()}").Order());
        Assert.All(rules, rule => Assert.True(rule.GetProperty("properties").GetProperty("enabled").GetBoolean()));
    }

    /// <summary>Service Health also announces the retirement of a model.</summary>
    [Fact]
    public async Task Azure_tells_of_service_health_and_of_secrets_that_expire()
    {
        var snapshot = await StageSnapshot.OfAsync("dev");

        Assert.Equal("ServiceHealth", snapshot.Properties("Microsoft.Insights/activityLogAlerts")!.Value.GetProperty("condition").GetProperty("allOf")[0].GetProperty("equals").GetString());
        var expiry = snapshot.Properties("Microsoft.EventGrid/systemTopics/eventSubscriptions")!.Value;
        Assert.Equal(
            ["Microsoft.KeyVault.SecretNearExpiry", "Microsoft.KeyVault.SecretExpired"],
            expiry.GetProperty("filter").GetProperty("includedEventTypes").EnumerateArray().Select(type => type.GetString()));
        Assert.Equal("MonitorAlert", expiry.GetProperty("destination").GetProperty("endpointType").GetString());
        // Without a date there is nothing to tell.
        Assert.All(snapshot.All("Microsoft.KeyVault/vaults/secrets"), secret => Assert.True(secret.GetProperty("properties").GetProperty("attributes").TryGetProperty("exp", out _)));
        Assert.NotEmpty(snapshot.All("Microsoft.KeyVault/vaults/secrets"));
    }

    [GeneratedRegex(@"Maximum Pool Size=\{1\}'.*, (\d+)\)\]$")]
    private static partial Regex PoolSize();
}
