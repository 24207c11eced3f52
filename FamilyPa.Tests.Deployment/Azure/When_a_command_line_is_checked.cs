using System.Diagnostics;

namespace FamilyPa.Tests.Deployment.Azure;

public sealed class When_a_command_line_is_checked
{
    [Theory]
    [InlineData("az rest --method get --url u")]
    [InlineData("az role definition list --name n --scope s --query q --output tsv")]
    [InlineData("azd env set NAME value --environment prod")]
    [InlineData("azd env set --file f")]
    [InlineData("azd deploy app --from-package p --no-prompt")]
    [InlineData("azd deploy")]
    [InlineData("gh release create v1.0.0 --verify-tag --notes-file n package.zip")]
    [InlineData("dotnet anything --at-all")]
    public void One_of_the_references_is_accepted(string line) => Assert.Null(CommandLine.Complaint(line.Split(' ')));

    [Theory]
    [InlineData("az rest --method get")]
    [InlineData("az role definitions list")]
    [InlineData("az role definition list --scopes s")]
    [InlineData("az keyvault secret set --vault-name v --name")]
    [InlineData("az login --no-prompt")]
    [InlineData("azd env set NAME")]
    [InlineData("azd env set NAME value more")]
    [InlineData("azd deploy app --package p")]
    [InlineData("azd provision --yes")]
    [InlineData("gh release download --pattern p")]
    [InlineData("gh issue make --title t --body b")]
    public void Another_one_is_refused(string line) => Assert.NotNull(CommandLine.Complaint(line.Split(' ')));

    [Theory]
    [InlineData("az account show --query id", 0)]
    [InlineData("az account shows", 64)]
    [InlineData("azd up", 0)]
    [InlineData("gh secret set", 64)]
    public async Task A_stub_fails_where_the_reference_has_no_such_command(string line, int exitCode)
    {
        using var commands = new StandIns("az", "azd", "gh");
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", line]) { Environment = { ["PATH"] = commands.Path }, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(exitCode, process.ExitCode);
    }
}
