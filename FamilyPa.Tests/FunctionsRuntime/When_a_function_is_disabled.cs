using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace FamilyPa.Tests.FunctionsRuntime;

public class When_a_function_is_disabled
{
    [Theory]
    [InlineData("AzureWebJobs.Off.Disabled", "true")]
    [InlineData("AzureWebJobs.Off.Disabled", "1")]
    [InlineData("AzureWebJobs:Off:Disabled", "True")]
    public async Task It_is_not_there_and_the_others_are(string setting, string value)
    {
        await using var functions = await LocalFunctions.StartAsync<Switches>(builder =>
            builder.Configuration.AddInMemoryCollection([new(setting, value)]));

        Assert.Equal((HttpStatusCode.NotFound, ""), await functions.ReadAsync("/off"));
        Assert.Equal(HttpStatusCode.OK, (await functions.ReadAsync("/on")).Status);
    }

    [Fact]
    public async Task False_leaves_it_on()
    {
        await using var functions = await LocalFunctions.StartAsync<Switches>(builder =>
            builder.Configuration.AddInMemoryCollection([new("AzureWebJobs.Off.Disabled", "false")]));

        Assert.Equal(HttpStatusCode.OK, (await functions.ReadAsync("/off")).Status);
    }

    public class Switches
    {
        [Function("Off")]
        public IResult Off([HttpTrigger(AuthorizationLevel.Anonymous, Route = "off")] HttpRequest request) => Results.Ok();

        [Function("On")]
        public IResult On([HttpTrigger(AuthorizationLevel.Anonymous, Route = "on")] HttpRequest request) => Results.Ok();
    }
}
