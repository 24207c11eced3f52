namespace FamilyPa.Tests.Infrastructure;

/// <summary>Base of the tests that run the app: when one fails, the end of the app's log is shown with it.</summary>
/// <param name="app">Of a collection of classes; for one of the class's own there is <see cref="AppTest{TApp}"/>.</param>
public abstract class SharedAppTest<TApp>(TApp app) : IAsyncLifetime
    where TApp : FamilyPaApp
{
    protected TApp App => app;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result is TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine($"--- the app's log ---{Environment.NewLine}{app.LogTail}");
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Base of the test classes with an app of their own.</summary>
public abstract class AppTest<TApp>(TApp app) : SharedAppTest<TApp>(app), IClassFixture<TApp>
    where TApp : FamilyPaApp;
