import { serve } from "../_shared/serve.ts";

// alert-list-51
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "alert-list-51", id }));
});
