namespace FamilyPa.Tests.Infrastructure;

/// <summary>Base of tests that run the app. A failed test prints the end of the app's log.</summary>
/// <param name="app">Shared by the classes of a collection. <see cref="AppTest{TApp}"/> has one per class.</param>
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

/// <summary>Base of test classes with their own app.</summary>
public abstract class AppTest<TApp>(TApp app) : SharedAppTest<TApp>(app), IClassFixture<TApp>
    where TApp : FamilyPaApp;
