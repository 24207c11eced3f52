using System.Text.RegularExpressions;
using FamilyPa.Local;
using FamilyPa.Tests.Deployment.Azure;

namespace FamilyPa.Tests.Deployment.GitHub;

/// <summary>A workflow must not run what somebody else can change: an action's tag, or text that becomes part of a script.</summary>
public sealed partial class When_a_workflow_runs
{
    public static TheoryData<string> Workflows => [.. Directory.GetFiles(Folder).Select(file => Path.GetFileName(file)!)];

    private static string Folder => Path.Combine(Repository.Root, ".github", "workflows");

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Its_actions_are_fixed_by_commit_and_its_jobs_have_a_time_limit_and_few_rights(string workflow)
    {
        var text = Read(workflow);

        Assert.All(Uses().Matches(text).Select(use => use.Groups["what"].Value), what => Assert.Matches(@"^(\./\.github/workflows/\w[\w-]*\.yml|[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$", what));
        Assert.Equal(Regex.Count(text, "(?m)^    runs-on: "), Regex.Count(text, "(?m)^    timeout-minutes: "));
        Assert.Matches("(?m)^permissions:\n  contents: read\n", text);
        Assert.Equal(Regex.Count(text, "uses: actions/checkout@"), Regex.Count(text, "persist-credentials: false"));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void No_container_image_is_named_by_its_tag(string workflow) =>
        Assert.All(Images().Matches(Read(workflow)).Select(image => image.Value), image => Assert.Matches("@sha256:[0-9a-f]{64}$", image));

    [Fact]
    public void The_platforms_host_is_built_from_a_commit()
    {
        Assert.Contains("run: .ci/functions-host artifacts/host\n", Read("functions-host.yml"), StringComparison.Ordinal);
        Assert.Matches(@"(?s)\ncommit=[0-9a-f]{40} # 4\.\d+\.\d+\n.+ fetch [^\n]+ ""\$commit""\n.+ checkout [^\n]*FETCH_HEAD\n", File.ReadAllText(Path.Combine(Repository.Root, ".ci", "functions-host")));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Its_scripts_contain_no_expression_and_write_only_checked_text_for_later_steps(string workflow)
    {
        foreach (var script in Scripts(Read(workflow)))
        {
            Assert.DoesNotContain("${{", script, StringComparison.Ordinal);
            if (script.Contains("GITHUB_ENV", StringComparison.Ordinal) || script.Contains("GITHUB_OUTPUT", StringComparison.Ordinal))
                Assert.Matches("""(?s)^address=\$\(curl [^)]+\)\n *infra/hooks/ipv4 "\$address"\n *echo "OPERATOR_ADDRESS=\$address" >> "\$GITHUB_ENV"$""", script);
        }
    }

    [Fact]
    public void A_release_is_built_once_tested_and_deployed_after_a_preview()
    {
        Assert.Equal(["functions-host.yml"], Workflows.Select(row => row.Data).Where(workflow => Read(workflow).Contains("dotnet publish", StringComparison.Ordinal)));
        Assert.Matches(@"(?s)zip .+ \.\./family-pa\.zip .+name: family-pa\n.+dotnet test.+FAMILYPA_APP_PUBLISHED: 'true'", Read("functions-host.yml"));
        Assert.Matches(@"(?s)needs: \[check, functions-host\].+gh run download ""\$GITHUB_RUN_ID"" --name family-pa .+needs: publish\n    uses: \./\.github/workflows/deploy\.yml.+release: ", Read("release.yml"));
        Assert.Matches("(?s)azd provision --preview --no-prompt.+  deploy:\n    needs: preview\n.+azd provision --no-prompt.+infra/hooks/deploy-release \"\\$RELEASE\"", Read("deploy.yml"));
    }

    /// <summary>A runner's azd environment is new. Without the outputs of the last provision the hook after the deployment fails.</summary>
    [Fact]
    public void A_roll_back_reads_the_outputs_and_does_not_depend_on_the_models()
    {
        var deploy = Read("deploy.yml");

        Assert.Matches(@"(?s)- if: \$\{\{ inputs\.app_only \}\}\n        run: azd env refresh --no-prompt\n.+infra/hooks/deploy-release", deploy);
        // Of a region without zones.
        Assert.Contains("FAMILYPA_STAGE: ${{ vars.FAMILYPA_STAGE || inputs.environment }}\n", deploy, StringComparison.Ordinal);
        Assert.Contains("SKIP_MODEL_CHECK: ${{ inputs.app_only }}\n", deploy, StringComparison.Ordinal);
    }

    /// <remarks>
    /// GitHub's assertion is valid for five minutes, then the Azure CLI fails with AADSTS700024 unless it has the token: github.com/Azure/login, issues 180 and 372.
    /// </remarks>
    [Theory]
    [InlineData("deploy.yml", "azd provision --no-prompt", "https://ossrdbms-aad.database.windows.net", "https://cognitiveservices.azure.com")]
    [InlineData("smoke.yml", "infra/hooks/model-retirements", "https://cognitiveservices.azure.com")]
    public void It_fetches_the_tokens_of_later_steps_right_after_the_login(string workflow, string work, params string[] resources)
    {
        var text = Read(workflow);
        var deploy = text[Math.Max(0, text.IndexOf("\n  deploy:\n", StringComparison.Ordinal))..];

        Assert.Equal(
            resources,
            Regex.Matches(deploy[..deploy.IndexOf(work, StringComparison.Ordinal)], "az account get-access-token --resource (\\S+) --output none").Select(token => token.Groups[1].Value));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Its_command_lines_of_Azure_and_GitHub_exist(string workflow) => Assert.All(
        Scripts(Read(workflow)).SelectMany(script => CommandLines().Matches(script)).SelectMany(line => ShellCommand.Parse(line.Value)),
        command => Assert.Null(CommandLine.Complaint(command.Words)));

    [Fact]
    public void Its_command_lines_are_found() => Assert.Equal(
        ["az account get-access-token", "azd env refresh", "gh release create"],
        ((string[])["smoke.yml az account get-access-token", "deploy.yml azd env refresh", "release.yml gh release create"]).Select(each => each.Split(' ', 2))
            .Select(each => CommandLines().Matches(string.Join('\n', Scripts(Read(each[0])))).Select(line => line.Value).FirstOrDefault(line => line.StartsWith(each[1], StringComparison.Ordinal)) is null
                ? "not found" : each[1]));

    [Fact]
    public void Its_scripts_are_found() => Assert.Contains(Scripts(Read("deploy.yml")), script => script.StartsWith("address=", StringComparison.Ordinal));

    /// <summary>One line after <c>run:</c>, or the indented block below it.</summary>
    private static IEnumerable<string> Scripts(string workflow) => Run().Matches(workflow).Select(run => run.Groups["script"].Value.Trim());

    private static string Read(string workflow) => File.ReadAllText(Path.Combine(Folder, workflow));

    [GeneratedRegex("""(?<![\w./"-])(azd?|gh) ("[^"]*"|'[^']*'|[^;&|)>\n"'])+""")]
    private static partial Regex CommandLines();

    [GeneratedRegex(@"(?m)(?<=^ *image: |docker (create|pull|run) ).+?(?=\)?$)")]
    private static partial Regex Images();

    [GeneratedRegex(@"(?m)^ *(- )?uses: (?<what>.+)$")]
    private static partial Regex Uses();

    [GeneratedRegex(@"(?m)^(?<indent> *)(- )?run: (\|\n(?<script>(\k<indent> .*\n|\n)+)|(?<script>.+)$)")]
    private static partial Regex Run();
}
