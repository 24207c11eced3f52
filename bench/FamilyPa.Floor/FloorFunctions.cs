using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Floor;

public sealed class FloorFunctions(MinimalWebhook webhook)
{
    [Function("Floor")]
    public Task<IResult> Floor([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "floor")] HttpRequest request) => webhook.AnswerAsync(request);
}
