using System.Text.Json;
using System.Text.RegularExpressions;
using FamilyPa.Local;

namespace FamilyPa.Tests.Deployment.Azure;

public sealed class When_the_app_is_configured_in_Azure
{
    /// <summary>Settings that must be absent: the platform sets the first, and a managed identity replaces the other.</summary>
    private static readonly string[] NotThere = ["FUNCTIONS_WORKER_RUNTIME", "AZURE_OPENAI_API_KEY"];

    [Fact]
    public async Task Every_setting_that_a_developer_can_set_an_operator_can_set_too()
    {
        var sample = JsonDocument.Parse(Read("local.settings.sample.json")).RootElement.GetProperty("Values");
        string[] groups = ["Limits__", "Retention__", "Reminders__", "Pipeline__"];
        var template = await ArmTemplate.CompiledAsync();
        // Both the settings that the module receives and those that it adds.
        var settings = template.Root.GetProperty("resources").GetProperty("functionApp").GetProperty("properties").GetProperty("parameters").GetProperty("settings").GetRawText()
            + Assert.Single(template.OfType("Microsoft.Web/sites/config")).Json.GetProperty("properties").GetRawText();

        var missing = sample.EnumerateObject().Select(setting => setting.Name).Except(NotThere).Where(name =>
            !Regex.IsMatch(settings, $@"\b{Regex.Escape(name)}(__\w+)?\b") && !Array.Exists(groups, group => name.StartsWith(group, StringComparison.Ordinal) && settings.Contains($"'{group}{{0}}'", StringComparison.Ordinal)));

        Assert.Empty(missing);
        Assert.All(NotThere, name => Assert.DoesNotContain(name, template.Root.GetRawText(), StringComparison.Ordinal));
    }

    /// <summary>azd reads only main.bicepparam.</summary>
    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public void The_parameters_of_a_stage_say_no_more_than_which_it_is(string stage)
    {
        var parameters = Read($"infra/main.{stage}.bicepparam");

        Assert.Contains($"param stage = '{stage}'", parameters, StringComparison.Ordinal);
        Assert.Subset(new HashSet<string> { "stage", "environmentName" }, Regex.Matches(parameters, @"(?m)^param (\w+)").Select(match => match.Groups[1].Value).ToHashSet());
    }

    /// <summary>A deployment overwrites everything, so missing values would be reset.</summary>
    [Fact]
    public void A_deployment_by_GitHub_is_told_all_that_one_by_hand_is_but_no_secret()
    {
        var workflow = Read(".github/workflows/deploy.yml");
        var guide = Read("docs/deploy.md");
        string[] secrets = ["TWILIO_AUTH_TOKEN", "WEBHOOK_SHARED_SECRET", "SESSION_SIGNING_KEY"];

        var values = DeploymentNames.Read;

        Assert.Superset(secrets.ToHashSet(), values.ToHashSet());
        Assert.All(values.Except(secrets), name => Assert.Matches($@"\b{name}(: |=)", workflow));
        Assert.All(secrets, name => Assert.DoesNotContain(name, workflow, StringComparison.Ordinal));
        Assert.All(values, name => Assert.Contains($"`{name}`", guide, StringComparison.Ordinal));
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));
}
